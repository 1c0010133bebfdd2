from django.urls import path

from service.views import answers, article_desk, articles, customers, mailboxes, mails, tickets

app_name = "service"
urlpatterns = [
    path("articles/", articles.article_list, name="article_list"),
    path("articles/new/", articles.article_create, name="article_create"),
    path("articles/gaps/", article_desk.article_gaps, name="article_gaps"),
    path("articles/suggest/", article_desk.article_suggest, name="article_suggest"),
    path("articles/<slug:code>/", articles.article_detail, name="article_detail"),
    path("articles/<slug:code>/edit/", articles.article_edit, name="article_edit"),
    path("articles/<slug:code>/vote/", articles.article_vote, name="article_vote"),
    path("articles/<slug:code>/use/<slug:reference>/", article_desk.article_use, name="article_use"),
    path("articles/<slug:code>/<slug:act>/", articles.article_act, name="article_act"),
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
    path("tickets/", tickets.ticket_list, name="ticket_list"),
    path("tickets/new/", tickets.ticket_create, name="ticket_create"),
    path("tickets/<slug:reference>/", tickets.ticket_detail, name="ticket_detail"),
    path("tickets/<slug:reference>/change/", answers.ticket_change, name="ticket_change"),
    path("tickets/<slug:reference>/take/", answers.ticket_take, name="ticket_take"),
    path("tickets/<slug:reference>/status/<slug:status>/", answers.ticket_status, name="ticket_status"),
    path("customers/<slug:reference>/tickets/", customers.customer_tickets, name="customer_tickets"),
]
