from django.urls import path

from service.views import public_chat

app_name = "chat"
urlpatterns = [
    path("", public_chat.page, name="page"),
    path("widget.js", public_chat.widget, name="widget"),
    path("start/", public_chat.start, name="start"),
    path("leave/", public_chat.leave, name="leave"),
    path("poll/", public_chat.poll, name="poll"),
    path("write/", public_chat.write, name="write"),
    path("end/", public_chat.end, name="end"),
    path("rate/", public_chat.rate, name="rate"),
    path("files/", public_chat.upload, name="upload"),
    path("files/<int:pk>/", public_chat.file, name="file"),
    path("transcript/", public_chat.own_transcript, name="transcript"),
    path("transcript/mail/", public_chat.send_transcript, name="transcript_mail"),
]
