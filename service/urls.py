from typing import Any

from django.urls import path

from service.views import chats

app_name = "service"
urlpatterns: list[Any] = [
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
