from django.urls import path

from service.views import answers, customers, tickets

app_name = "service"
urlpatterns = [
    path("tickets/", tickets.ticket_list, name="ticket_list"),
    path("tickets/new/", tickets.ticket_create, name="ticket_create"),
    path("tickets/<slug:reference>/", tickets.ticket_detail, name="ticket_detail"),
    path("tickets/<slug:reference>/change/", answers.ticket_change, name="ticket_change"),
    path("tickets/<slug:reference>/take/", answers.ticket_take, name="ticket_take"),
    path("tickets/<slug:reference>/status/<slug:status>/", answers.ticket_status, name="ticket_status"),
    path("customers/<slug:reference>/tickets/", customers.customer_tickets, name="customer_tickets"),
]
