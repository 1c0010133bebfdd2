from django.urls import path

from identification.views import changes

app_name = "identification"
urlpatterns: list = [
    path("changes/", changes.change_list, name="change_list"),
    path("changes/new/", changes.change_create, name="change_create"),
    path("changes/<slug:reference>/", changes.change_detail, name="change_detail"),
    path("changes/<slug:reference>/edit/", changes.change_edit, name="change_edit"),
    path("changes/<slug:reference>/note/", changes.change_note, name="change_note"),
    path("changes/<slug:reference>/propose/", changes.change_propose, name="change_propose"),
    path("changes/<slug:reference>/move/<slug:state>/", changes.change_move, name="change_move"),
]
