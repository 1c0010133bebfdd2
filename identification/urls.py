from django.urls import path

from identification.views import map_attachments, map_drawing, maps

app_name = "identification"
urlpatterns = [
    path("maps/", maps.map_list, name="map_list"),
    path("maps/new/", maps.map_create, name="map_create"),
    path("maps/import/", maps.map_import, name="map_import"),
    path("maps/<slug:reference>/", maps.map_detail, name="map_detail"),
    path("maps/<slug:reference>/edit/", maps.map_edit, name="map_edit"),
    path("maps/<slug:reference>/force/", maps.map_force, name="map_force"),
    path("maps/<slug:reference>/retire/", maps.map_retire, name="map_retire"),
    path("maps/<slug:reference>/steps/", maps.map_steps, name="map_steps"),
    path("maps/<slug:reference>/bpmn/", map_drawing.map_file, name="map_file"),
    path("maps/<slug:reference>/draw/", map_drawing.map_draw, name="map_draw"),
    path("maps/<slug:reference>/upload/", map_drawing.map_upload, name="map_upload"),
    path("maps/<slug:reference>/things/", map_drawing.map_things, name="map_things"),
    path("maps/<slug:reference>/attach/", map_attachments.map_attach, name="map_attach"),
    path("maps/<slug:reference>/drop/", map_attachments.map_drop, name="map_drop"),
    path("maps/<slug:reference>/off/<str:kind>/<int:pk>/", map_attachments.map_take_off, name="map_take_off"),
    path("maps/<slug:reference>/risk/", map_attachments.map_record_risk, name="map_record_risk"),
    path("maps/<slug:reference>/propose/", map_attachments.map_propose, name="map_propose"),
]
