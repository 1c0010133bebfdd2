from django.urls import path

from customers.views import customers, imports, parts

app_name = "customers"
urlpatterns = [
    path("", customers.customer_list, name="customer_list"),
    path("export/", customers.customer_export, name="customer_export"),
    path("imports/", imports.import_list, name="import_list"),
    path("imports/new/", imports.import_create, name="import_create"),
    path("imports/<int:pk>/", imports.import_detail, name="import_detail"),
    path("imports/<int:pk>/live/", imports.import_live, name="import_live"),
    path("imports/<int:pk>/continue/", imports.import_continue, name="import_continue"),
    path("imports/<int:pk>/for-real/", imports.import_for_real, name="import_for_real"),
    path("imports/<int:pk>/rejects/", imports.import_rejects, name="import_rejects"),
    path("imports/<int:pk>/rejects.csv", imports.import_rejects_csv, name="import_rejects_csv"),
    path("<slug:reference>/", customers.customer_detail, name="customer_detail"),
    path("<slug:reference>/accounts/", parts.customer_accounts, name="customer_accounts"),
    path("<slug:reference>/accounts/<int:pk>/", parts.account_detail, name="account_detail"),
    path("<slug:reference>/loans/<int:pk>/", parts.loan_detail, name="loan_detail"),
    path("<slug:reference>/transactions/", parts.customer_transactions, name="customer_transactions"),
    path("<slug:reference>/contact/", customers.customer_contact, name="customer_contact"),
]
