from django.urls import path

from identification.views import changes, radar

app_name = "identification"
urlpatterns: list = [
    path("changes/", changes.change_list, name="change_list"),
    path("changes/new/", changes.change_create, name="change_create"),
    path("changes/<slug:reference>/", changes.change_detail, name="change_detail"),
    path("changes/<slug:reference>/edit/", changes.change_edit, name="change_edit"),
    path("changes/<slug:reference>/note/", changes.change_note, name="change_note"),
    path("changes/<slug:reference>/propose/", changes.change_propose, name="change_propose"),
    path("changes/<slug:reference>/move/<slug:state>/", changes.change_move, name="change_move"),
    path("radar/", radar.radar, name="radar"),
    path("emerging/", radar.emerging_list, name="emerging_list"),
    path("emerging/new/", radar.emerging_create, name="emerging_create"),
    path("emerging/<slug:reference>/", radar.emerging_detail, name="emerging_detail"),
    path("emerging/<slug:reference>/edit/", radar.emerging_edit, name="emerging_edit"),
    path("emerging/<slug:reference>/look/", radar.emerging_look, name="emerging_look"),
    path("emerging/<slug:reference>/propose/", radar.emerging_propose, name="emerging_propose"),
    path("emerging/<slug:reference>/became/", radar.emerging_became, name="emerging_became"),
    path("emerging/<slug:reference>/drop/", radar.emerging_drop, name="emerging_drop"),
]
