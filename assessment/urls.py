from django.urls import path

from assessment.views import calibration, panels, votes

app_name = "assessment"
urlpatterns = [
    path("panels/", panels.panel_list, name="panel_list"),
    path("panels/new/", panels.panel_create, name="panel_create"),
    path("panels/<slug:reference>/", panels.panel_detail, name="panel_detail"),
    path("panels/<slug:reference>/results/", panels.panel_results, name="panel_results"),
    path("panels/<slug:reference>/seat/", panels.panel_seat, name="panel_seat"),
    path("panels/<slug:reference>/seats/<int:pk>/leave/", panels.seat_leave, name="seat_leave"),
    path("panels/<slug:reference>/open/", panels.panel_open, name="panel_open"),
    path("panels/<slug:reference>/close/", panels.panel_close, name="panel_close"),
    path("panels/<slug:reference>/vote/", votes.panel_vote, name="panel_vote"),
    path("panels/<slug:reference>/dissent/", votes.panel_dissent, name="panel_dissent"),
    path("panels/<slug:reference>/finish/", panels.panel_finish, name="panel_finish"),
    path("panels/<slug:reference>/cancel/", panels.panel_cancel, name="panel_cancel"),
    path("experts/", calibration.experts, name="experts"),
    path("experts/<int:pk>/", calibration.expert_record, name="expert_record"),
    path("forecasts/", calibration.forecast_list, name="forecast_list"),
    path("forecasts/<int:pk>/", calibration.outcome_record, name="outcome_record"),
]
