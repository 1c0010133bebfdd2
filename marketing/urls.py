from django.urls import path

from marketing.views import segment_detail, segments

app_name = "marketing"
urlpatterns = [
    path("segments/", segments.segment_list, name="segment_list"),
    path("segments/new/", segments.segment_create, name="segment_create"),
    path("segments/new-list/", segments.list_create, name="list_create"),
    path("segments/overlap/", segments.segment_overlap, name="segment_overlap"),
    path("segments/<slug:code>/", segment_detail.segment_detail, name="segment_detail"),
    path("segments/<slug:code>/members/", segment_detail.segment_members, name="segment_members"),
    path("segments/<slug:code>/rule/", segments.segment_rule, name="segment_rule"),
    path("segments/<slug:code>/edit/", segments.segment_edit, name="segment_edit"),
    path("segments/<slug:code>/put/", segments.list_put, name="list_put"),
    path("segments/<slug:code>/take/", segments.list_take, name="list_take"),
    path("segments/<slug:code>/refresh/", segments.segment_refresh, name="segment_refresh"),
    path("segments/<slug:code>/archive/", segments.segment_archive, name="segment_archive"),
]
