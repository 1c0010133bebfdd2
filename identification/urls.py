from django.urls import path

from identification.views import radar

app_name = "identification"
urlpatterns: list = [
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
