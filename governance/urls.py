from django.urls import path

from governance.views import attestations, duties, lines, policies

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
    path("duties/", duties.area_list, name="area_list"),
    path("duties/all/", duties.duty_list, name="duty_list"),
    path("duties/new/", duties.area_create, name="area_create"),
    path("duties/<slug:code>/", duties.area_detail, name="area_detail"),
    path("duties/<slug:code>/edit/", duties.area_edit, name="area_edit"),
    path("duties/<slug:code>/table/", duties.matrix_table, name="matrix_table"),
    path("duties/<slug:code>/write/", duties.matrix_write, name="matrix_write"),
    path("duties/<slug:code>/share-out/", duties.matrix_fill, name="matrix_fill"),
    path("duties/<slug:code>/in-force/", duties.matrix_propose, name="matrix_propose"),
    path("lines/", lines.line_list, name="line_list"),
    path("lines/assign/", lines.line_assign, name="line_assign"),
    path("confirmations/", attestations.attestation_list, name="attestation_list"),
]
