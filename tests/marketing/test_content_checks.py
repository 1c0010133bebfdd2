"""What is found about messages, where, and until what day."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from marketing.models import Claim, Disclosure, ForbiddenWord, Message, MessageText
from marketing.services.content_checks import REFUSE, WARN, findings_of
from marketing.services.contents import insert_disclosure, signed_content
from tests.factories import UserFactory
from tests.factories.campaigns import MessageFactory
from tests.factories.staff import past_the_guards

pytestmark = pytest.mark.django_db
NOW = timezone.now
MAIL = """<mjml>
<mj-body>
<mj-section><mj-column>
<mj-text>{}</mj-text>
<mj-text><a href="{{{{unsubscribe_url}}}}">No more of these</a></mj-text>
</mj-column></mj-section>
</mj-body>
</mjml>"""


def message_saying(words, language="en", channel="email", subject="News", **fields):
    message = MessageFactory(channel=channel, **fields)
    body = MAIL.format(words) if channel == "email" else words
    MessageText.objects.update_or_create(
        message=message, language=language, defaults={"subject": subject, "body": body}
    )
    if language != "en":
        message.texts.filter(language="en").delete()
    return Message.objects.get(pk=message.pk)


def refusals_of(message, kind, at=None):
    return [one for one in findings_of(message, at=at or NOW()) if one.severity == REFUSE and one.kind == kind]


def claim(words, days=30, language="en", approved=True):
    one, other = UserFactory(role="marketing"), UserFactory(role="compliance")
    return Claim.objects.create(
        language=language, words=words, proof="Survey", expires_on=timezone.localdate() + timedelta(days=days),
        added_by=one, added_at=NOW(), approved_by=other if approved else None, approved_at=NOW() if approved else None,
    )  # fmt: skip


def test_a_guaranteed_return_is_refused_with_its_law_and_its_line():
    message = message_saying("We offer a guaran<b>teed</b>\nreturn to all.")

    (found,) = refusals_of(message, "forbidden")

    assert "Advertising Law art. 25" in found.text
    assert (found.language, found.field, found.line) == ("en", "body", 4)
    assert "line 4" in found.where


def test_words_in_tags_are_not_taken_for_words():
    message = message_saying('<span style="width:100%">Plain words for plain people.</span>')

    assert [one for one in findings_of(message, at=NOW()) if one.severity == REFUSE] == []


def test_a_traditional_text_is_held_against_simplified_words():
    message = message_saying("本產品零 風 險，敬請參考。", language="zh-hant")

    assert refusals_of(message, "forbidden")


def test_a_word_that_is_denied_is_looked_at_and_not_refused():
    message = message_saying("本产品不保本。", language="zh-hans")

    found = [one for one in findings_of(message, at=NOW()) if one.kind == "forbidden"]

    assert [one.severity for one in found] == [WARN]


def test_a_word_is_forbidden_from_its_day_to_its_last():
    with past_the_guards():
        ForbiddenWord.objects.create(
            code="moonshot", language="en", words="moonshot", valid_from=date(2026, 1, 1), valid_to=date(2026, 6, 30)
        )
    message = message_saying("A moonshot for your savings account.")
    during, after = (timezone.make_aware(timezone.datetime(2026, month, 15)) for month in (6, 7))

    assert refusals_of(message, "forbidden", at=during)
    assert not refusals_of(message, "forbidden", at=after)


def test_a_missing_disclosure_is_refused_until_it_is_inserted():
    from products.models import BusinessLine

    message = message_saying("Funds for everybody.", line=BusinessLine.objects.get(pk="fund"))
    (found,) = refusals_of(message, "disclosure")

    insert_disclosure(actor=message.owner, message_id=message.pk, disclosure_id=found.disclosure, at=NOW())

    message = Message.objects.get(pk=message.pk)
    assert refusals_of(message, "disclosure") == refusals_of(message, "markup") == []
    assert Disclosure.objects.get(pk=found.disclosure).text in message.texts.get(language="en").body
    before = signed_content(message)
    insert_disclosure(actor=message.owner, message_id=message.pk, disclosure_id=found.disclosure, at=NOW())
    assert signed_content(Message.objects.get(pk=message.pk)) == before  # once is enough


def test_a_percentage_needs_an_approved_claim_that_has_not_expired():
    words = "98 % of our customers stay."
    message = message_saying(words)
    assert refusals_of(message, "percentage")

    claim(words, approved=False)
    assert refusals_of(message, "percentage")

    claim(words, days=30)
    assert not refusals_of(message, "percentage")
    assert refusals_of(message, "percentage", at=NOW() + timedelta(days=31))


def test_a_claim_proves_its_own_words_only():
    claim("98 % of our customers stay")
    message = message_saying("98 % of our customers stay, and 12 % a year is what they earn.")

    (found,) = refusals_of(message, "percentage")

    assert "12 %" in found.text


def test_a_claim_of_another_language_proves_nothing():
    claim("98 % stay", language="zh-hans")

    assert refusals_of(message_saying("98 % stay"), "percentage")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("See http://example.com/ now", "link"),
        ("See https://bit.ly/abc now", "link"),
        ("Dear {{nmae}}, read this", "variable"),
        ("Dear {{name}, read this", "variable"),
        ("信" * 400, "length"),
    ],
)
def test_what_a_text_message_may_not_be(body, kind):
    assert refusals_of(message_saying(body, channel="sms"), kind)


def test_marketing_by_mail_says_how_to_end_it():
    message = MessageFactory()
    message.texts.update(body="Dear {{name}}, we have some news for you.")

    assert refusals_of(Message.objects.get(pk=message.pk), "unsubscribe")


@pytest.mark.parametrize(
    "inside",
    [
        '<mj-image src="https://example.com/a.png" />',
        '<a href="https://example.com/">click here</a>',
    ],
)  # fmt: skip
def test_what_readers_cannot_use_is_warned_about(inside):
    message = message_saying(f"Words enough for everybody. {inside}")

    assert [one.kind for one in findings_of(message, at=NOW()) if one.kind == "accessibility"]


def test_pale_words_on_a_pale_ground_are_warned_about():
    message = message_saying("Words")
    text = message.texts.get()
    text.body = text.body.replace("<mj-text>Words", '<mj-text color="#bbbbbb">Words')
    text.save()

    assert [
        one.kind for one in findings_of(Message.objects.get(pk=message.pk), at=NOW()) if one.kind == "accessibility"
    ]


def test_the_checks_cost_the_same_queries_for_any_number_of_texts(django_assert_num_queries):
    few, many = message_saying("One"), message_saying("One")
    for language in ("zh-hans", "zh-hant"):
        MessageText.objects.create(message=many, language=language, subject="新闻", body=MAIL.format("一"))
    few.product, many.product  # noqa: B018 (both are read before)

    with django_assert_num_queries(4):
        findings_of(few, at=NOW())
    with django_assert_num_queries(4):
        findings_of(many, at=NOW())
