from django.urls import path

from assessment.views import assessments, calibration, judging, method_tables, panels, votes

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
    path("assessments/", assessments.assessment_list, name="assessment_list"),
    path("assessments/new/", assessments.assessment_create, name="assessment_create"),
    path("assessments/<slug:reference>/", assessments.assessment_detail, name="assessment_detail"),
    path("assessments/<slug:reference>/model/", judging.assessment_by_model, name="assessment_by_model"),
    path("assessments/<slug:reference>/panel/", judging.assessment_by_panel, name="assessment_by_panel"),
    path("assessments/<slug:reference>/scenario/", judging.assessment_by_scenario, name="assessment_by_scenario"),
    path("assessments/<slug:reference>/stock/", judging.assessment_stock, name="assessment_stock"),
    path("assessments/<slug:reference>/decide/<slug:kind>/", judging.assessment_decide, name="assessment_decide"),
    path("assessments/<slug:reference>/submit/", judging.assessment_submit, name="assessment_submit"),
    path("assessments/<slug:reference>/approve/", judging.assessment_approve, name="assessment_approve"),
    path("assessments/<slug:reference>/back/", judging.assessment_send_back, name="assessment_send_back"),
    path("assessments/<slug:reference>/withdraw/", judging.assessment_withdraw, name="assessment_withdraw"),
    path("methods/", method_tables.methods, name="methods"),
    path("methods/rules/new/", method_tables.mix_rule_change, name="mix_rule_change"),
    path("methods/tables/new/", method_tables.scale_table_change, name="scale_table_change"),
]
