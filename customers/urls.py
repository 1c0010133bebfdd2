from django.urls import path

from customers.views import customers

app_name = "customers"
urlpatterns = [
    path("", customers.customer_list, name="customer_list"),
    path("export/", customers.customer_export, name="customer_export"),
    path("<slug:reference>/", customers.customer_detail, name="customer_detail"),
    path("<slug:reference>/accounts/", customers.customer_accounts, name="customer_accounts"),
    path("<slug:reference>/transactions/", customers.customer_transactions, name="customer_transactions"),
    path("<slug:reference>/contact/", customers.customer_contact, name="customer_contact"),
]
