from django.urls import path

from customers.views import consents, customers, erasures, imports, parts, privacy, privacy_requests, reveals

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
    path("privacy/requests/", privacy_requests.request_list, name="request_list"),
    path("privacy/requests/<slug:reference>/", privacy_requests.request_detail, name="request_detail"),
    path("privacy/requests/<slug:reference>/erasure/", erasures.erasure_plan, name="erasure_plan"),
    path("privacy/requests/<slug:reference>/<slug:act>/", privacy_requests.request_act, name="request_act"),
    path("privacy/consents/", consents.consent_list, name="consent_list"),
    path("privacy/consents/report/", consents.consent_report, name="consent_report"),
    path("privacy/notices/new/", consents.notice_create, name="notice_create"),
    path("privacy/notices/<int:pk>/", consents.notice_detail, name="notice_detail"),
    path("privacy/reveals/", reveals.reveal_list, name="reveal_list"),
    path("privacy/rules/", privacy.rule_list, name="rule_list"),
    path("privacy/keys/", privacy.key_list, name="key_list"),
    path("<slug:reference>/privacy/", privacy.customer_privacy, name="customer_privacy"),
    path("<slug:reference>/consent/", consents.consent_record, name="consent_record"),
    path("<slug:reference>/request/", privacy_requests.request_create, name="request_create"),
    path("<slug:reference>/reveal/<slug:field>/", reveals.customer_reveal, name="customer_reveal"),
    path("<slug:reference>/holdings/<int:pk>/reveal/", reveals.card_reveal, name="card_reveal"),
    path("<slug:reference>/", customers.customer_detail, name="customer_detail"),
    path("<slug:reference>/accounts/", parts.customer_accounts, name="customer_accounts"),
    path("<slug:reference>/accounts/<int:pk>/", parts.account_detail, name="account_detail"),
    path("<slug:reference>/loans/<int:pk>/", parts.loan_detail, name="loan_detail"),
    path("<slug:reference>/transactions/", parts.customer_transactions, name="customer_transactions"),
    path("<slug:reference>/contact/", customers.customer_contact, name="customer_contact"),
]
