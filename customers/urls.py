from django.urls import path

from customers.views import customers, parts

app_name = "customers"
urlpatterns = [
    path("", customers.customer_list, name="customer_list"),
    path("export/", customers.customer_export, name="customer_export"),
    path("<slug:reference>/", customers.customer_detail, name="customer_detail"),
    path("<slug:reference>/accounts/", parts.customer_accounts, name="customer_accounts"),
    path("<slug:reference>/accounts/<int:pk>/", parts.account_detail, name="account_detail"),
    path("<slug:reference>/loans/<int:pk>/", parts.loan_detail, name="loan_detail"),
    path("<slug:reference>/transactions/", parts.customer_transactions, name="customer_transactions"),
    path("<slug:reference>/contact/", customers.customer_contact, name="customer_contact"),
]
