from django.urls import path

from audit import views

app_name = "audit"
urlpatterns = [
    path("", views.event_list, name="event_list"),
    path("<int:pk>/", views.event_detail, name="event_detail"),
    path("<int:pk>/proof/", views.event_proof, name="event_proof"),
    path("<int:pk>/proof.json", views.event_proof_file, name="event_proof_file"),
    path("sealing/", views.sealing, name="sealing"),
    path("checkpoints/", views.checkpoint_list, name="checkpoint_list"),
    path("checkpoints/<int:size>/note/", views.checkpoint_note, name="checkpoint_note"),
    path("consistency/", views.consistency, name="consistency"),
    path("consistency.json", views.consistency_file, name="consistency_file"),
    path("verifications/", views.verification_list, name="verification_list"),
    path("verifications/<int:pk>/", views.verification_detail, name="verification_detail"),
    path("anchors/", views.anchor_list, name="anchor_list"),
    path("anchors/<int:pk>/receipt/", views.anchor_receipt, name="anchor_receipt"),
    path("explain/<slug:subject>/<str:record>/<slug:figure>/", views.explain, name="explain"),
    path("printed/", views.page_printed, name="page_printed"),
    path("history/<str:table>/<str:pk>/", views.record_history, name="record_history"),
]
