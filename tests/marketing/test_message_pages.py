"""Pages of a message: a language is taken out, it is sent to oneself, it is put away; a refusal is a sentence."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from marketing.models import Claim, MessageText
from marketing.services.test_mails import send_test_mail
from tests.factories import UserFactory
from tests.factories.campaigns import CampaignFactory, MessageFactory, ProviderFactory, scheduled, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def marketer(client):
    user = UserFactory(role="marketing")
    client.force_login(user)
    return user


def in_chinese_too(message):
    MessageText.objects.create(message=message, language="zh-hans", subject="新闻", body="退订：{{unsubscribe_url}}")
    return message


def page(name, message, language="en"):
    return reverse(f"marketing:{name}", args=[message.code, language])


def said(client, address, **posted):
    return client.post(address, posted, follow=True).content.decode()


def test_a_language_is_taken_out_by_its_button(client, marketer):
    message = in_chinese_too(MessageFactory())
    shown = client.get(reverse("marketing:message_detail", args=[message.code]), {"lang": "zh-hans"}).content.decode()
    assert page("text_remove", message, "zh-hans") in shown

    client.post(page("text_remove", message, "zh-hans"))

    assert [one.language for one in message.texts.all()] == ["en"]
    assert "Nothing is written in this language." in said(client, page("text_remove", message, "zh-hans"))


def test_taking_a_language_out_voids_what_was_signed_off_with_it(client, marketer):
    message = in_chinese_too(MessageFactory())
    campaign = signed(CampaignFactory(variants=[message]))

    client.post(page("text_remove", message, "zh-hans"))

    campaign.refresh_from_db()
    assert campaign.sign_off is None


def test_a_test_goes_to_oneself_with_samples_and_stands_in_the_log(client, marketer, post):
    message, server = MessageFactory(), ProviderFactory(port=post.port)

    shown = said(client, page("test_mail", message), provider=server.pk)

    assert marketer.email in shown
    [(sender, to, number)] = post.taken
    assert (sender, to) == ("news@example.com", marketer.email)
    assert number.startswith("<test-")
    assert Event.objects.filter(action="marketing.message.tested").count() == 1


def test_a_server_that_is_not_there_is_told_beside_the_form(client, marketer):
    message, server = MessageFactory(), ProviderFactory(port=9)

    answer = client.post(page("test_mail", message), {"provider": server.pk})

    assert answer.status_code == 422
    assert "The mail server did not take it" in answer.content.decode()


def test_an_address_that_the_server_refuses_is_told(post):
    user = UserFactory(role="marketing", email="refuse@example.com")

    with pytest.raises(ValidationError, match="550 No such person"):
        send_test_mail(
            actor=user, message_id=MessageFactory().pk, language="en", provider=ProviderFactory(port=post.port)
        )


def test_what_is_no_mail_is_not_sent_for_a_test(client, marketer, post):
    message, server = MessageFactory(channel="sms"), ProviderFactory(port=post.port)

    assert "There is no mail in this language." in said(client, page("test_mail", message), provider=server.pk)
    assert post.taken == []


def test_a_provider_that_is_no_mail_server_cannot_be_chosen(client, marketer):
    answer = client.post(page("test_mail", MessageFactory()), {"provider": ProviderFactory(app=True).pk})

    assert answer.status_code == 422


def test_tests_are_counted(client, marketer, settings):
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "test_mail": "1/h"}
    message = MessageFactory()
    client.post(page("test_mail", message), {"provider": 0})

    assert client.post(page("test_mail", message), {"provider": 0}).status_code == 429
    assert client.get(page("test_mail", message)).status_code == 200


def test_a_message_of_a_campaign_under_way_is_not_put_away_and_the_page_says_why(client, marketer):
    message = MessageFactory()
    campaign = scheduled(CampaignFactory(variants=[message]))

    shown = said(client, reverse("marketing:message_archive", args=[message.code]))

    assert f"The campaign {campaign} uses it." in shown
    message.refresh_from_db()
    assert message.archived_at is None


def test_a_claim_is_approved_once(client):
    client.force_login(UserFactory(role="compliance"))
    claim = Claim.objects.create(
        language="en", words="the best", proof="A survey", expires_on="2099-01-01",
        added_by=UserFactory(role="marketing"), added_at=timezone.now(),
    )  # fmt: skip
    address = reverse("marketing:claim_approve", args=[claim.pk])
    client.post(address)

    assert "This claim is approved already." in said(client, address)
