from django.urls import path

from risk.views import alerts, heat_map, indicators, loan_grades, register, threads

app_name = "risk"
urlpatterns = [
    path("register/", register.risk_list, name="risk_list"),
    path("register/new/", register.risk_create, name="risk_create"),
    path("register/<slug:reference>/", register.risk_detail, name="risk_detail"),
    path("register/<slug:reference>/edit/", register.risk_edit, name="risk_edit"),
    path("register/<slug:reference>/rate/", register.risk_rate, name="risk_rate"),
    path("register/<slug:reference>/review/", register.risk_review, name="risk_review"),
    path("register/<slug:reference>/close/", register.risk_close, name="risk_close"),
    path("register/<slug:reference>/reopen/", register.risk_reopen, name="risk_reopen"),
    path("register/<slug:reference>/thread/", threads.risk_thread, name="risk_thread"),
    path("heat-map/", heat_map.heat_map, name="heat_map"),
    path("indicators/", indicators.indicator_list, name="indicator_list"),
    path("indicators/new/", indicators.indicator_create, name="indicator_create"),
    path("indicators/<slug:code>/", indicators.indicator_detail, name="indicator_detail"),
    path("indicators/<slug:code>/edit/", indicators.indicator_edit, name="indicator_edit"),
    path("indicators/<slug:code>/bounds/", indicators.indicator_bounds, name="indicator_bounds"),
    path("indicators/<slug:code>/read/", indicators.indicator_read, name="indicator_read"),
    path("measures/<slug:code>/", indicators.measure_rows, name="measure_rows"),
    path("alerts/", alerts.alert_list, name="alert_list"),
    path("alerts/<int:pk>/", alerts.alert_detail, name="alert_detail"),
    path("alerts/<int:pk>/assign/", alerts.alert_assign, name="alert_assign"),
    path("alerts/<int:pk>/acknowledge/", alerts.alert_acknowledge, name="alert_acknowledge"),
    path("alerts/<int:pk>/close/", alerts.alert_close, name="alert_close"),
    path("loans/", loan_grades.loan_list, name="loan_list"),
    path("loans/<int:pk>/", loan_grades.loan_detail, name="loan_detail"),
]
