from django.urls import path

from service.views import mailboxes, mails

app_name = "service"
urlpatterns = [
    path("mails/", mails.mail_list, name="mail_list"),
    path("mails/<int:pk>/", mails.mail_detail, name="mail_detail"),
    path("mails/<int:pk>/original/", mails.mail_original, name="mail_original"),
    path("mails/<int:pk>/retry/", mails.mail_retry, name="mail_retry"),
    path("mails/<int:pk>/settle/", mails.mail_settle, name="mail_settle"),
    path("mails/<int:pk>/take/", mails.mail_take, name="mail_take"),
    path("mailboxes/", mailboxes.mailbox_list, name="mailbox_list"),
    path("mailboxes/new/", mailboxes.mailbox_create, name="mailbox_create"),
    path("mailboxes/<int:pk>/", mailboxes.mailbox_detail, name="mailbox_detail"),
    path("mailboxes/<int:pk>/edit/", mailboxes.mailbox_edit, name="mailbox_edit"),
    path("mailboxes/<int:pk>/test/", mailboxes.mailbox_test, name="mailbox_test"),
]
