from django.urls import path

from service.views import answers, chats, customers, tickets

app_name = "service"
urlpatterns = [
    path("tickets/", tickets.ticket_list, name="ticket_list"),
    path("tickets/new/", tickets.ticket_create, name="ticket_create"),
    path("tickets/<slug:reference>/", tickets.ticket_detail, name="ticket_detail"),
    path("tickets/<slug:reference>/change/", answers.ticket_change, name="ticket_change"),
    path("tickets/<slug:reference>/take/", answers.ticket_take, name="ticket_take"),
    path("tickets/<slug:reference>/status/<slug:status>/", answers.ticket_status, name="ticket_status"),
    path("customers/<slug:reference>/tickets/", customers.customer_tickets, name="customer_tickets"),
    path("chats/", chats.chat_desk, name="chat_desk"),
    path("chats/news/", chats.chat_news, name="chat_news"),
    path("chats/next/", chats.chat_next, name="chat_next"),
    path("chats/customers/", chats.chat_customers, name="chat_customers"),
    path("chats/<int:pk>/", chats.chat_pane, name="chat_pane"),
    path("chats/<int:pk>/accept/", chats.chat_accept, name="chat_accept"),
    path("chats/<int:pk>/write/", chats.chat_write, name="chat_write"),
    path("chats/<int:pk>/read/", chats.chat_read, name="chat_read"),
    path("chats/<int:pk>/end/", chats.chat_end, name="chat_end"),
    path("chats/<int:pk>/transfer/", chats.chat_transfer, name="chat_transfer"),
    path("chats/<int:pk>/link/", chats.chat_link, name="chat_link"),
]
