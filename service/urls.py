from django.urls import path

from service.views import answers, customers, home, macros, presence, queues, ratings, tickets, works

app_name = "service"
urlpatterns = [
    path("", home.agent_home, name="agent_home"),
    path("availability/", home.availability, name="availability"),
    path("rate/<str:token>/", ratings.rate, name="rate"),
    path("macros/", macros.macro_list, name="macro_list"),
    path("macros/new/", macros.macro_create, name="macro_create"),
    path("macros/<int:pk>/edit/", macros.macro_edit, name="macro_edit"),
    path("queues/", queues.queue_list, name="queue_list"),
    path("queues/new/", queues.queue_create, name="queue_create"),
    path("queues/<int:pk>/edit/", queues.queue_edit, name="queue_edit"),
    path("agents/", queues.agent_list, name="agent_list"),
    path("agents/new/", queues.agent_create, name="agent_create"),
    path("agents/<int:pk>/edit/", queues.agent_edit, name="agent_edit"),
    path("tickets/", tickets.ticket_list, name="ticket_list"),
    path("tickets/new/", tickets.ticket_create, name="ticket_create"),
    path("tickets/<slug:reference>/", tickets.ticket_detail, name="ticket_detail"),
    path("tickets/<slug:reference>/change/", answers.ticket_change, name="ticket_change"),
    path("tickets/<slug:reference>/take/", answers.ticket_take, name="ticket_take"),
    path("tickets/<slug:reference>/status/<slug:status>/", answers.ticket_status, name="ticket_status"),
    path("tickets/<slug:reference>/here/", presence.ticket_presence, name="ticket_presence"),
    path("tickets/<slug:reference>/macros/<int:pk>/", macros.macro_preview, name="macro_preview"),
    path("tickets/<slug:reference>/subtasks/new/", works.subtask_add, name="subtask_add"),
    path("tickets/<slug:reference>/subtasks/<int:pk>/", works.subtask_tick, name="subtask_tick"),
    path("tickets/<slug:reference>/link/", works.link_add, name="link_add"),
    path("tickets/<slug:reference>/merge/", works.ticket_merge, name="ticket_merge"),
    path("tickets/<slug:reference>/unmerge/", works.ticket_unmerge, name="ticket_unmerge"),
    path("customers/<slug:reference>/tickets/", customers.customer_tickets, name="customer_tickets"),
]
