import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audit.models import Event
from staff.models import Notification, NotificationPreference
from staff.services import emails, notifications
from staff.services.emails import send_emails
from staff.services.notifications import mark_all_read, mark_read, notify, unread_of
from staff.services.preferences import choose_notifications
from tests.factories import UserFactory


@pytest.fixture(autouse=True)
def sends(monkeypatch):
    """How often the sender of e-mail was called for."""
    calls = []
    monkeypatch.setattr(notifications.send_emails_task, "delay_on_commit", lambda: calls.append(1))
    return calls


def tell(users, key="k", **fields):
    fields = {"kind": "job", "title": "Done", "url": "/staff/jobs/1/", "at": timezone.now(), **fields}
    return notify(users=users, key=key, **fields)


@pytest.mark.django_db
def test_people_are_told_once_however_often_this_runs():
    one, two = UserFactory(), UserFactory()

    assert tell([one, two]) == 2
    assert tell([one, two.pk], title="Done again") == 0
    assert tell([one], key="other") == 1

    assert list(Notification.objects.filter(user=one, key="k").values_list("title", flat=True)) == ["Done"]


@pytest.mark.django_db
@pytest.mark.parametrize("people", [1, 3])
def test_telling_many_costs_one_statement(django_assert_num_queries, people):
    users = [UserFactory() for _ in range(people)]

    with django_assert_num_queries(3):  # its savepoint around it
        assert tell(users) == people


@pytest.mark.django_db
def test_everyone_reads_it_in_their_own_language():
    english, chinese = UserFactory(language="en"), UserFactory(language="zh-hans")

    tell([english, chinese], title=lambda: gettext("Sunday"), body=_("Monday"))

    texts = (
        dict(Notification.objects.values_list("user_id", "title")),
        dict(Notification.objects.values_list("user_id", "body")),
    )
    assert texts == ({english.pk: "Sunday", chinese.pk: "星期日"}, {english.pk: "Monday", chinese.pk: "星期一"})


@pytest.mark.django_db
def test_wishes_decide_where_it_appears(sends):
    both, mail_only, neither, gone = UserFactory(), UserFactory(), UserFactory(), UserFactory(is_active=False)
    choose_notifications(actor=both, wishes={"job": (True, True)})
    choose_notifications(actor=mail_only, wishes={"job": (False, True)})
    choose_notifications(actor=neither, wishes={"job": (False, False)})

    tell([both, mail_only, neither, gone])

    told = {row.user_id: (row.read_at is None, row.by_email) for row in Notification.objects.all()}
    assert told == {both.pk: (True, True), mail_only.pk: (False, True)}
    assert sends == [1]


@pytest.mark.django_db
def test_choosing_again_changes_the_wish():
    user = UserFactory()
    choose_notifications(actor=user, wishes={"job": (True, True)})
    choose_notifications(actor=user, wishes={"job": (False, True)})

    assert list(NotificationPreference.objects.values_list("in_app", "by_email")) == [(False, True)]


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["https://evil.test/", "//evil.test/", "javascript:alert(1)", "/\\evil.test", "jobs/"])
def test_a_notification_leads_nowhere_but_here(url):
    with pytest.raises(ValueError, match="a page of ours"):
        tell([UserFactory()], url=url)


@pytest.mark.django_db
def test_opening_one_reads_it_and_goes_where_it_leads(client):
    user = UserFactory()
    tell([user], url="/staff/jobs/?state=done")
    own = Notification.objects.get()
    client.force_login(user)

    answer = client.get(reverse("staff:notification_open", args=[own.pk]))

    own.refresh_from_db()
    assert (answer["Location"], own.read_at is not None) == ("/staff/jobs/?state=done", True)


@pytest.mark.django_db
def test_a_foreign_address_in_the_table_is_not_followed(client):
    user = UserFactory()
    own = Notification.objects.create(
        user=user, kind="job", key="x", title="x", url="//evil.test/", created_at=timezone.now()
    )
    client.force_login(user)

    assert client.get(reverse("staff:notification_open", args=[own.pk]))["Location"] == reverse(
        "staff:notification_list"
    )


@pytest.mark.django_db
def test_somebody_elses_are_not_seen_and_not_read(client):
    user, other = UserFactory(), UserFactory()
    tell([other])
    theirs = Notification.objects.get()
    client.force_login(user)

    assert list(Notification.objects.visible_to(user)) == []
    assert client.get(reverse("staff:notification_open", args=[theirs.pk])).status_code == 404
    assert client.post(reverse("staff:notification_read", args=[theirs.pk])).status_code == 404
    with pytest.raises(PermissionDenied):
        mark_read(actor=user, notification_id=theirs.pk, at=timezone.now())


@pytest.mark.django_db
def test_reading_all_leaves_what_came_meanwhile():
    user, now = UserFactory(), timezone.now()
    tell([user], key="before", at=now)
    tell([user], key="after", at=now + timedelta(seconds=1))

    assert mark_all_read(actor=user, at=now) == 1
    assert unread_of(user).number == 1


@pytest.mark.django_db
def test_the_bell_counts_to_ninety_nine():
    user = UserFactory()
    for n in range(101):
        Notification.objects.create(user=user, kind="job", key=str(n), title="x", created_at=timezone.now())

    assert (unread_of(user).number, unread_of(user).more) == (99, True)


@pytest.fixture
def wants_mail():
    user = UserFactory(language="zh-hans", email="min@example.test")
    choose_notifications(actor=user, wishes={"job": (True, True)})
    return user


@pytest.mark.django_db
def test_an_e_mail_goes_out_once_with_a_link(wants_mail, settings):
    settings.SITE_URL = "https://meridian.example"
    tell([wants_mail, UserFactory()], title="Export\r\nBcc: all@example.test", body="Ten rows.")

    assert send_emails(at=timezone.now()) == 1
    assert send_emails(at=timezone.now()) == 0

    sent = mail.outbox[0]
    own = Notification.objects.get(user=wants_mail)
    assert (len(mail.outbox), sent.to, sent.subject) == (1, ["min@example.test"], "Export Bcc: all@example.test")
    assert "Ten rows." in sent.body
    assert f"https://meridian.example{reverse('staff:notification_open', args=[own.pk])}" in sent.body


@pytest.mark.django_db
def test_what_the_network_refuses_waits_for_the_next_try(wants_mail, monkeypatch):
    tell([wants_mail])
    real = emails._message

    def unreachable(*args):
        raise ConnectionRefusedError("mail server is down")

    monkeypatch.setattr(emails, "_message", unreachable)
    with pytest.raises(ConnectionRefusedError):
        send_emails(at=timezone.now())
    monkeypatch.setattr(emails, "_message", real)

    assert send_emails(at=timezone.now()) == 1


@pytest.mark.django_db
def test_what_the_receiver_refuses_is_not_tried_again(wants_mail, monkeypatch):
    tell([wants_mail])

    def refused(*args):
        raise smtplib.SMTPRecipientsRefused({"min@example.test": (550, b"no such user")})

    monkeypatch.setattr(emails, "_message", refused)

    assert send_emails(at=timezone.now()) == 0
    assert not Notification.objects.to_email(timezone.now() - timedelta(days=1)).exists()


@pytest.mark.django_db
def test_old_news_is_not_sent(wants_mail):
    tell([wants_mail], at=timezone.now() - timedelta(days=2))

    assert send_emails(at=timezone.now()) == 0


@pytest.mark.django_db
def test_the_log_holds_no_plain_text_of_a_notification():
    tell([UserFactory()], title="Case of 赵敏", body="13812345678")

    event = Event.objects.get(table_name="staff_notification")
    assert "赵敏" not in event.body
    assert "13812345678" not in event.body
