from django.urls import path

from governance.views import attestations, policies

app_name = "governance"
urlpatterns = [
    path("policies/", policies.policy_list, name="policy_list"),
    path("policies/new/", policies.policy_create, name="policy_create"),
    path("policies/<slug:code>/", policies.policy_detail, name="policy_detail"),
    path("policies/<slug:code>/edit/", policies.policy_edit, name="policy_edit"),
    path("policies/<slug:code>/write/", policies.version_write, name="version_write"),
    path("policies/<slug:code>/in-force/", policies.version_propose, name="version_propose"),
    path("policies/<slug:code>/review/", policies.policy_review, name="policy_review"),
    path("policies/<slug:code>/compare/", policies.version_compare, name="version_compare"),
    path("policies/<slug:code>/confirm/", attestations.policy_confirm, name="policy_confirm"),
    path("policies/<slug:code>/confirmations/", attestations.policy_attestations, name="policy_attestations"),
    path("confirmations/", attestations.attestation_list, name="attestation_list"),
]
