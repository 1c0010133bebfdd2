from django.urls import path

from assurance.views import engagements, findings

app_name = "assurance"
urlpatterns = [
    path("areas/", engagements.unit_list, name="unit_list"),
    path("areas/new/", engagements.unit_create, name="unit_create"),
    path("areas/<slug:code>/", engagements.unit_detail, name="unit_detail"),
    path("areas/<slug:code>/edit/", engagements.unit_edit, name="unit_edit"),
    path("audits/", engagements.engagement_list, name="engagement_list"),
    path("audits/new/", engagements.engagement_create, name="engagement_create"),
    path("audits/<slug:reference>/", engagements.engagement_detail, name="engagement_detail"),
    path("audits/<slug:reference>/begin/", engagements.engagement_begin, name="engagement_begin"),
    path("audits/<slug:reference>/close/", engagements.engagement_close, name="engagement_close"),
    path("audits/<slug:reference>/sample/", engagements.sample_draw, name="sample_draw"),
    path("audits/<slug:reference>/samples/<int:pk>/", engagements.sample_detail, name="sample_detail"),
    path("audits/<slug:reference>/finding/", findings.finding_create, name="finding_create"),
    path("findings/", findings.finding_list, name="finding_list"),
    path("findings/<slug:reference>/", findings.finding_detail, name="finding_detail"),
    path("findings/<slug:reference>/answer/", findings.finding_answer, name="finding_answer"),
    path("findings/<slug:reference>/done/", findings.finding_done, name="finding_done"),
    path("findings/<slug:reference>/verify/", findings.finding_verify, name="finding_verify"),
    path("findings/<slug:reference>/return/", findings.finding_return, name="finding_return"),
    path("findings/<slug:reference>/propose/", findings.finding_propose, name="finding_propose"),
]
