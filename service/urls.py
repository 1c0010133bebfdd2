from django.urls import path

from service.views import answers, complaint_acts, complaint_reports, complaints, customers, improvements, tickets

app_name = "service"
urlpatterns = [
    path("tickets/", tickets.ticket_list, name="ticket_list"),
    path("tickets/new/", tickets.ticket_create, name="ticket_create"),
    path("tickets/<slug:reference>/", tickets.ticket_detail, name="ticket_detail"),
    path("tickets/<slug:reference>/change/", answers.ticket_change, name="ticket_change"),
    path("tickets/<slug:reference>/take/", answers.ticket_take, name="ticket_take"),
    path("tickets/<slug:reference>/status/<slug:status>/", answers.ticket_status, name="ticket_status"),
    path("customers/<slug:reference>/tickets/", customers.customer_tickets, name="customer_tickets"),
    path("complaints/", complaints.complaint_list, name="complaint_list"),
    path("complaints/export/", complaints.complaint_export, name="complaint_export"),
    path("complaints/report/", complaint_reports.complaint_report, name="complaint_report"),
    path("complaints/rules/", complaint_reports.complaint_rules, name="complaint_rules"),
    path("complaints/past/", complaint_reports.past_list, name="past_list"),
    path("complaints/past/<int:pk>/", complaint_reports.past_detail, name="past_detail"),
    path("complaints/themes/", complaint_reports.theme_list, name="theme_list"),
    path("complaints/themes/find/", complaint_reports.theme_find, name="theme_find"),
    path("complaints/trends/", improvements.improvement_list, name="improvement_list"),
    path("complaints/trends/<int:pk>/", improvements.improvement_detail, name="improvement_detail"),
    path("complaints/trends/<int:pk>/<slug:act>/", improvements.improvement_act, name="improvement_act"),
    path("complaints/redress/<int:pk>/<slug:act>/", complaint_acts.redress_act, name="redress_act"),
    path("complaints/letters/<int:pk>/reply/", complaint_acts.referral_reply, name="referral_reply"),
    path("complaints/letters/<int:pk>/file/", complaints.referral_file, name="referral_file"),
    path("complaints/of/<slug:reference>/", complaints.customer_complaints, name="customer_complaints"),
    path("complaints/of/<slug:reference>/new/", complaints.complaint_create, name="complaint_create"),
    path("complaints/ticket/<slug:reference>/", complaints.ticket_complain, name="ticket_complain"),
    path("complaints/<slug:reference>/", complaints.complaint_detail, name="complaint_detail"),
    path("complaints/<slug:reference>/<slug:act>/", complaint_acts.complaint_act, name="complaint_act"),
]
