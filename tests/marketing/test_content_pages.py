"""Pages of messages: what is written is shown before it is saved, in a frame that can do nothing; calendar and clicks."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from marketing.calendar import CALENDAR_SOURCES, Planned
from marketing.models import Click, Link, MessageText
from marketing.services.content_checks import findings_of
from products.models import BusinessLine
from tests.factories import UserFactory
from tests.factories.campaigns import MessageFactory
from tests.factories.customers import PersonFactory

pytestmark = pytest.mark.django_db
MAIL = "<mjml><mj-body><mj-section><mj-column><mj-text>{}</mj-text></mj-column></mj-section></mj-body></mjml>"


@pytest.fixture
def marketer(client):
    user = UserFactory(role="marketing")
    client.force_login(user)
    return user


def draft_of(client, message, body, subject="News"):
    address = reverse("marketing:text_draft", args=[message.code, "en"])
    return client.post(address, {"subject": subject, "preheader": "", "body": body})


def frame_in(answer):
    return answer.context["key"]


def test_a_draft_is_checked_and_shown_before_it_is_saved(client, marketer):
    message = MessageFactory()

    answer = draft_of(client, message, MAIL.format("A guaranteed return"))

    assert "Advertising Law art. 25" in answer.content.decode()
    assert message.texts.get().body.startswith("Dear")  # nothing is saved
    shown = client.get(reverse("marketing:draft_preview", args=[message.code, "en", frame_in(answer)]))
    assert "A guaranteed return" in shown.content.decode()


def test_the_frame_can_do_nothing(client, marketer):
    message = MessageFactory()
    key = frame_in(draft_of(client, message, MAIL.format("Words for everybody")))

    shown = client.get(reverse("marketing:draft_preview", args=[message.code, "en", key]))

    policy = shown["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "allow-" not in policy
    assert "script-src" not in policy
    assert shown["X-Frame-Options"] == "SAMEORIGIN"
    assert shown["Cache-Control"] == "no-store"


def test_somebody_elses_draft_is_not_shown(client, marketer):
    message = MessageFactory()
    key = frame_in(draft_of(client, message, MAIL.format("Secret words")))
    client.force_login(UserFactory(role="marketing"))

    shown = client.get(reverse("marketing:draft_preview", args=[message.code, "en", key]))

    assert "Secret words" not in shown.content.decode()


def test_a_draft_that_cannot_be_rendered_says_why(client, marketer):
    message = MessageFactory()
    answer = draft_of(client, message, "<mjml><mj-body><mj-include path='/etc/passwd' /></mj-body></mjml>")

    shown = client.get(reverse("marketing:draft_preview", args=[message.code, "en", frame_in(answer)]))

    assert "mj-include" in shown.content.decode()
    assert shown["Content-Type"].startswith("text/plain")
    assert "root:" not in shown.content.decode()


def test_a_reader_writes_no_drafts(client):
    client.force_login(UserFactory(role="compliance"))

    assert draft_of(client, MessageFactory(), "Words").status_code == 403


def test_a_preview_shows_a_customer_masked(client, marketer):
    message = MessageFactory(texts="Dear {{name}}, your balance is {{balance}}. {{unsubscribe_url}}")
    customer = PersonFactory(name="欧阳娜娜", language="en")
    address = reverse("marketing:message_preview", args=[message.code, "en"])

    shown = client.get(f"{address}?as={customer.reference}").content.decode()

    assert "欧阳娜娜" not in shown
    assert "Sample customer" not in shown
    assert "欧阳" in shown


def test_the_missing_disclosure_is_put_in_with_a_button(client, marketer):
    message = MessageFactory(line=BusinessLine.objects.get(pk="fund"))
    missing = next(one.disclosure for one in findings_of(message, at=timezone.now()) if one.disclosure)
    address = reverse("marketing:disclosure_insert", args=[message.code, missing])
    assert address in client.get(reverse("marketing:message_detail", args=[message.code])).content.decode()

    client.post(address)

    assert "Investments carry risk" in message.texts.get().body


def test_the_calendar_shows_the_month_that_is_asked_for(client, marketer):
    MessageFactory(name="Spring greetings", planned_on=date(2027, 3, 15))
    address = reverse("marketing:content_calendar")

    march, april = (client.get(f"{address}?month=2027-{month}").content.decode() for month in ("03", "04"))

    assert "Spring greetings" in march
    assert "Spring greetings" not in april
    assert "Nothing is planned" in april


@pytest.mark.parametrize("month", ["2026-13", "x", "99999-01", "0001-01", "", "2026-11-01"])
def test_a_month_that_is_none_shows_this_one(client, marketer, month):
    answer = client.get(reverse("marketing:content_calendar"), {"month": month})

    assert answer.status_code == 200
    assert answer.context["today"].strftime("%Y") in answer.context["month"]


def test_another_part_of_the_room_adds_to_the_calendar(client, marketer, monkeypatch):
    extra = lambda user, first, last: [Planned(date(2027, 3, 2), "Fair in Shanghai", "Fair", "/")]  # noqa: E731
    monkeypatch.setattr("marketing.calendar.CALENDAR_SOURCES", [*CALENDAR_SOURCES, extra])

    assert (
        "Fair in Shanghai" in client.get(reverse("marketing:content_calendar"), {"month": "2027-03"}).content.decode()
    )


@pytest.mark.parametrize("rows", [1, 3])
def test_the_calendar_costs_the_same_for_any_number(client, marketer, django_assert_max_num_queries, rows):
    for _row in range(rows):
        MessageFactory(planned_on=date(2027, 3, 15))
    client.get(reverse("marketing:content_calendar"))

    with django_assert_max_num_queries(12):
        client.get(reverse("marketing:content_calendar"), {"month": "2027-03"})


def test_what_lies_outside_ones_lines_is_on_no_calendar(client):
    client.force_login(UserFactory(role="marketing", business_lines=["payment"]))
    MessageFactory(name="Funds only", planned_on=date(2027, 3, 15), line=BusinessLine.objects.get(pk="fund"))

    assert "Funds only" not in client.get(reverse("marketing:content_calendar"), {"month": "2027-03"}).content.decode()


def test_clicks_are_counted_by_link(client, marketer):
    message, now = MessageFactory(), timezone.now()
    link = Link.objects.create(message=message, code="abc123", url="https://example.com/a", created_at=now)
    other = Link.objects.create(message=message, code="abc124", url="https://example.com/b", created_at=now)
    for back in (0, 1, 40):
        Click.objects.create(link=link, at=now - timedelta(days=back))
    Click.objects.create(link=other, at=now)

    answer = client.get(reverse("marketing:message_clicks", args=[message.code]))

    assert [(one.code, one.clicked) for one in answer.context["links"]] == [("abc123", 3), ("abc124", 1)]
    assert sum(next(iter(answer.context["chart"].series.values()))) == 3  # of the last thirty days


def test_the_writing_page_begins_with_what_stands_there(client, marketer):
    message = MessageFactory()
    MessageText.objects.filter(message=message).update(body="What stands there {{unsubscribe_url}}")

    answer = client.get(reverse("marketing:text_write", args=[message.code, "en"]))

    assert "What stands there" in answer.content.decode()
    assert reverse("marketing:text_draft", args=[message.code, "en"]) in answer.content.decode()


def test_rest_shows_a_message_as_it_would_look(client, marketer):
    message = MessageFactory(texts="Dear {{name}}, news. {{unsubscribe_url}}")

    answer = client.get(reverse("api:message-preview", args=[message.code]), {"language": "en"})

    assert answer.status_code == 200
    assert "Sample customer" in answer.json()["text"]
    assert answer.json()["subject"] == "News"


def test_rest_says_which_language_is_not_written(client, marketer):
    message = MessageFactory()

    answer = client.get(reverse("api:message-preview", args=[message.code]), {"language": "zh-hant"})

    assert answer.status_code == 400 and "language" in answer.json()["errors"] or "繁" in answer.content.decode()


def test_rest_lists_words_and_disclosures_in_force(client, marketer):
    words = client.get(reverse("api:forbidden-word-list")).json()["results"]
    disclosures = client.get(reverse("api:disclosure-list")).json()["results"]

    assert "guaranteed return" in {one["words"] for one in words}
    assert {one["language"] for one in disclosures} == {"en", "zh-hans", "zh-hant"}
