from django.urls import path

from identification.views import checklist_runs, checklists, radar, swift

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
    path("checklists/", checklists.checklist_list, name="checklist_list"),
    path("checklists/new/", checklists.checklist_create, name="checklist_create"),
    path("checklists/<slug:code>/", checklists.checklist_detail, name="checklist_detail"),
    path("checklists/<slug:code>/edit/", checklists.checklist_edit, name="checklist_edit"),
    path("checklists/<slug:code>/begin/", checklist_runs.run_begin, name="run_begin"),
    path("swift/", swift.session_list, name="session_list"),
    path("swift/new/", swift.session_create, name="session_create"),
    path("swift/<slug:reference>/", swift.session_detail, name="session_detail"),
    path("swift/<slug:reference>/rows/", swift.row_add, name="row_add"),
    path("swift/<slug:reference>/edit/", swift.session_edit, name="session_edit"),
    path("swift/<slug:reference>/close/", swift.session_close, name="session_close"),
    path("swift-rows/<int:pk>/edit/", swift.row_edit, name="row_edit"),
    path("swift-rows/<int:pk>/propose/", swift.row_propose, name="row_propose"),
    path("guide-words/", swift.word_list, name="word_list"),
    path("guide-words/new/", swift.word_create, name="word_create"),
    path("guide-words/<slug:code>/edit/", swift.word_edit, name="word_edit"),
    path("runs/", checklist_runs.run_list, name="run_list"),
    path("runs/<slug:reference>/", checklist_runs.run_detail, name="run_detail"),
    path("runs/<slug:reference>/finish/", checklist_runs.run_finish, name="run_finish"),
    path("runs/<slug:reference>/answers/<int:pk>/", checklist_runs.run_answer, name="run_answer"),
    path("runs/<slug:reference>/answers/<int:pk>/propose/", checklist_runs.run_propose, name="run_propose"),
]
