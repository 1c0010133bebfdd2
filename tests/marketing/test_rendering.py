"""Messages as they are prepared: links are ours and openings are told where that is agreed, and not where it is not."""

import pytest
from django.conf import settings
from django.utils import timezone

from marketing.models import Message
from marketing.services.contents import write_text
from marketing.services.parcels import Texts
from marketing.services.rendering import prepare
from tests.factories.campaigns import CampaignFactory, MessageFactory

pytestmark = pytest.mark.django_db
TOKEN = "0123456789abcdef" * 2
THERE, AWAY = "https://www.example.com/a?b=1", "https://example.com/u/"
BODY = f"Dear {{{{name}}}}, look at {THERE}\n\nNo more of these: {{{{unsubscribe_url}}}}"


def a_message(channel="email"):
    message = MessageFactory(channel=channel)
    write_text(actor=message.owner, message_id=message.pk, language="en", subject="News", body=BODY, at=timezone.now())
    return Message.objects.get(pk=message.pk)


def filled(prepared):
    return prepared.render("en", {"name": "Ann", "unsubscribe_url": AWAY}, token=TOKEN)


def ours(message):
    """The address that stands for the message's link."""
    return f"{settings.SITE_URL}/l/{message.links.get().code}/{TOKEN}/"


def test_what_is_tracked_leads_through_our_own_links_and_tells_that_it_was_opened():
    message = a_message()

    letter = filled(prepare(message, tracking="person"))

    assert f'href="{ours(message)}"' in letter.html
    assert f'href="{THERE}"' not in letter.html
    assert f'<img src="{settings.SITE_URL}/o/{TOKEN}.gif"' in letter.html
    assert ours(message) in letter.text
    assert THERE not in letter.text


def test_what_is_not_tracked_leads_straight_there_and_tells_nothing():
    letter = filled(prepare(a_message()))

    assert f'href="{THERE}"' in letter.html
    assert THERE in letter.text
    for part in (letter.html, letter.text):
        assert TOKEN not in part
        assert settings.SITE_URL not in part
        assert "<img" not in part


@pytest.mark.parametrize("tracking", ["person", "counts", "none"])
def test_the_way_out_is_never_ours_to_count(tracking):
    letter = filled(prepare(a_message(), tracking=tracking))

    assert AWAY in letter.html
    assert AWAY in letter.text


@pytest.mark.parametrize(("tracking", "leads"), [("person", ours), ("none", lambda message: THERE)])
def test_a_text_message_has_links_and_no_dot(tracking, leads):
    message = a_message("sms")

    said = filled(prepare(message, tracking=tracking))

    assert said.html == ""
    assert said.text == f"Dear Ann, look at {leads(message)}\n\nNo more of these: {AWAY}"


@pytest.mark.parametrize(
    ("tracking", "is_ours", "is_told"), [("person", True, True), ("counts", True, False), ("none", False, False)]
)
def test_a_campaign_tracks_as_it_says(tracking, is_ours, is_told):
    message = a_message()
    campaign = CampaignFactory(tracking=tracking, variants=[message])

    (prepared,) = Texts(campaign).by_variant.values()

    letter = filled(prepared)
    assert (ours(message) in letter.html, "/o/" in letter.html) == (is_ours, is_told)
    assert (f'href="{THERE}"' in letter.html) != is_ours
