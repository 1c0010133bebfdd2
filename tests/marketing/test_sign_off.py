"""Sign-off: one hash over everything, by somebody else; any edit voids it, by whatever path."""

import hashlib
import io
import json
import zipfile
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from marketing.models import Campaign, Claim, MessageText, Provider, Segment, SignOff
from marketing.services.advancing import advance_campaigns
from marketing.services.campaigns import change_campaign, resume_campaign, schedule_campaign
from marketing.services.dossiers import dossier_of
from marketing.services.offers import stop_offer, write_draft
from marketing.services.segments import write_rule
from marketing.services.signoffs import ask_sign_off, body_of, decide_sign_off, void_if_changed, why_void
from tests.factories import UserFactory
from tests.factories.campaigns import CampaignFactory, MessageFactory, awake, reachable, scheduled, signed
from tests.factories.offers import a_redemption, an_offer, put_in_force
from tests.factories.segments import LIVELY, make_segment

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def campaign():
    return CampaignFactory()


def asked(campaign, at=NOW):
    return ask_sign_off(actor=campaign.owner, campaign_id=campaign.pk, at=at)


def decide(sign_off, actor=None, approve=True, note="", sha256=None, at=NOW):
    return decide_sign_off(
        actor=actor or UserFactory(role="compliance"), sign_off_id=sign_off.pk, sha256=sha256 or sign_off.sha256,
        approve=approve, note=note, at=at,
    )  # fmt: skip


def test_what_is_signed_off_is_the_hash_of_every_word_of_it(campaign):
    sign_off = asked(campaign)

    body = json.loads(sign_off.body)
    assert hashlib.sha256(sign_off.body.encode()).hexdigest() == sign_off.sha256
    assert set(body) == {"campaign", "audience", "messages", "offer", "schedule", "provider"}
    assert "Dear {{name}}" in json.dumps(body["messages"]["A"])


def test_marketing_does_not_sign_off_its_own_campaign(campaign):
    sign_off = asked(campaign)

    with pytest.raises(PermissionDenied, match="Compliance"):
        decide(sign_off, actor=campaign.owner)
    both = UserFactory(roles=["marketing", "compliance"])
    own = CampaignFactory(owner=both)
    with pytest.raises(PermissionDenied, match="somebody else"):
        decide(asked(own), actor=both)


def test_the_database_refuses_that_one_person_asks_and_signs(campaign):
    sign_off = asked(campaign)

    with pytest.raises(IntegrityError, match="sign_off_is_by_another"), transaction.atomic():
        SignOff.objects.filter(pk=sign_off.pk).update(
            state="approved", decided_by=sign_off.asked_by, decided_at=NOW, expires_on=NOW.date()
        )


def test_a_body_that_is_not_its_hash_cannot_be_kept(campaign):
    with pytest.raises(IntegrityError, match="sign_off_hash_is_of_its_body"), transaction.atomic():
        SignOff.objects.create(
            campaign=campaign, number=1, body="{}", sha256="0" * 64, asked_by=campaign.owner, asked_at=NOW
        )


@pytest.mark.parametrize(
    "change",
    ["body = '{}', sha256 = encode(sha256('{}'), 'hex')", "asked_by_id = decided_by_id", "state = 'refused'",
     "expires_on = expires_on + 400", "number = 7"],
)  # fmt: skip
def test_what_was_signed_off_never_changes_by_raw_sql(campaign, change):
    signed(campaign)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE marketing_signoff SET {change} WHERE campaign_id = %s", [campaign.pk])


@pytest.mark.parametrize("state", ["approved", "scheduled", "running"])
def test_nothing_runs_by_raw_sql_that_is_not_signed_off(campaign, state):
    sign_off = asked(campaign)

    with pytest.raises(DatabaseError, match="not signed off"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE marketing_campaign SET state = %s, sign_off_id = %s WHERE id = %s",
            [state, sign_off.pk, campaign.pk],
        )


@pytest.fixture
def whole():
    """A campaign for a segment that names another one, with an offer in force."""
    make_segment("inner")
    return CampaignFactory(
        segment=make_segment("outer", rule={"all": [{"segment": "inner"}, LIVELY]}), offer=an_offer()
    )


def other_words(campaign):
    MessageText.objects.filter(message__variants__campaign=campaign).update(body="Other words {{unsubscribe_url}}")


def other_rule(segment, rule):
    write_rule(actor=segment.owner, segment_id=segment.pk, rule=rule, at=NOW)


def other_terms(offer):
    write_draft(
        actor=offer.owner, offer_id=offer.pk, at=NOW, terms={"tiers": [{"spend": "300", "save": "31"}]},
        valid_from=offer.version.valid_from, valid_until=offer.version.valid_until,
    )  # fmt: skip
    put_in_force(offer)


# By where the sign-off says that something was changed.
EDITS = {
    "messages.A.texts.en.body": other_words,
    "messages.A.share": lambda campaign: campaign.variants.update(share=9_999),
    "messages.A.message": lambda campaign: campaign.variants.update(message=MessageFactory()),
    "schedule.starts_at": lambda campaign: Campaign.objects.filter(pk=campaign.pk).update(
        starts_at=campaign.starts_at + timedelta(hours=1)
    ),
    "audience.segment.code": lambda campaign: Segment.objects.filter(pk=campaign.segment_id).update(code="another"),
    "audience.segment.rule": lambda campaign: other_rule(campaign.segment, {"any": [{"segment": "inner"}, LIVELY]}),
    "audience.segment.names.inner.rule": lambda campaign: other_rule(
        Segment.objects.get(code="inner"), {"field": "region", "op": "in", "value": ["Wien"]}
    ),
    "audience.left_out": lambda campaign: campaign.suppress.add(campaign.segment),
    "provider.from": lambda campaign: Provider.objects.filter(pk=campaign.provider_id).update(
        from_address="other@example.com"
    ),
    "offer.version.terms": lambda campaign: other_terms(campaign.offer),
    "offer.stopped": lambda campaign: stop_offer(
        actor=campaign.offer.owner, offer_id=campaign.offer_id, reason="The terms were wrong", at=NOW
    ),
}


@pytest.mark.parametrize("place", EDITS)
def test_any_edit_by_whatever_path_voids_the_sign_off_and_says_where(whole, place):
    scheduled(whole, NOW)
    assert void_if_changed(campaign_id=whole.pk, at=NOW) == ""

    EDITS[place](whole)

    assert place in void_if_changed(campaign_id=whole.pk, at=NOW)
    whole.refresh_from_db()
    assert (whole.state, whole.sign_off) == ("draft", None)
    assert whole.sign_offs.get().state == "void"
    with pytest.raises(ValidationError, match="not signed off"):
        schedule_campaign(actor=whole.owner, campaign_id=whole.pk, at=NOW)


def test_a_claim_whose_proof_is_too_old_voids_what_rests_on_it(monkeypatch):
    claim = Claim.objects.create(
        language="en", words="the best rate in town", proof="A survey", expires_on=date(2099, 1, 1), added_at=NOW,
        added_by=UserFactory(role="marketing"), approved_by=UserFactory(role="compliance"), approved_at=NOW,
    )  # fmt: skip
    message = MessageFactory(texts="Dear {{name}}, THE  BEST rate in town.\n\nNo more: {{unsubscribe_url}}")
    campaign = signed(CampaignFactory(variants=[message]), NOW)
    assert json.loads(campaign.sign_off.body)["messages"]["A"]["claims"] == {"en": [claim.words]}

    monkeypatch.setattr("marketing.services.contents.company_day", lambda at: date(2099, 1, 2))

    assert "messages.A.claims.en" in void_if_changed(campaign_id=campaign.pk, at=NOW)


def test_what_of_an_offer_is_no_part_of_its_terms_voids_nothing(whole):
    scheduled(whole, NOW)

    a_redemption(whole.offer)

    assert void_if_changed(campaign_id=whole.pk, at=NOW) == ""


def test_an_edit_while_it_runs_stops_it_until_it_is_signed_off_again(campaign):
    awake()
    reachable(campaign.segment, 2)
    scheduled(campaign, NOW)
    at = campaign.starts_at + timedelta(seconds=1)
    assert advance_campaigns(at=at) == [campaign.pk]

    other_words(campaign)

    assert advance_campaigns(at=at) == []
    campaign.refresh_from_db()
    assert campaign.state == "paused"
    with pytest.raises(ValidationError, match="Ask for sign-off"):
        resume_campaign(actor=campaign.owner, campaign_id=campaign.pk, at=at)
    decide(asked(campaign, at), at=at)
    assert resume_campaign(actor=campaign.owner, campaign_id=campaign.pk, at=at).state == "running"
    assert advance_campaigns(at=at) == [campaign.pk]
    assert campaign.rounds.count() == 1


def test_an_edit_between_reading_and_signing_is_not_signed(campaign):
    sign_off = asked(campaign)
    other_words(campaign)

    with pytest.raises(ValidationError, match="asked for anew"):
        decide(sign_off)
    with pytest.raises(ValidationError, match="not what waits"):
        decide(sign_off, sha256="0" * 64)


def test_a_sign_off_expires(campaign):
    signed(campaign, NOW)

    assert why_void(campaign, NOW + timedelta(days=29)) == ""
    assert "expired" in why_void(campaign, NOW + timedelta(days=32))


def test_what_breaks_a_rule_is_not_even_asked_for(campaign):
    MessageText.objects.filter(message__variants__campaign=campaign).update(body="A guaranteed return of 8 % a year")

    with pytest.raises(ValidationError, match="guaranteed return"):
        asked(campaign)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"starts_at": NOW - timedelta(seconds=1)}, "lies in the past"),
        ({"starts_at": NOW + timedelta(days=2), "ends_at": NOW + timedelta(days=1)}, "ends before it starts"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused_with_a_sentence(campaign, fields, says):
    change_campaign(actor=campaign.owner, campaign_id=campaign.pk, at=NOW, **fields)

    with pytest.raises(ValidationError, match=says):
        asked(campaign)


def test_a_refusal_says_what_has_to_change(campaign):
    sign_off = asked(campaign)

    with pytest.raises(ValidationError, match="Say what"):
        decide(sign_off, approve=False)
    decide(sign_off, approve=False, note="The fee is missing.")

    campaign.refresh_from_db()
    assert (campaign.state, campaign.state_why) == ("draft", "The fee is missing.")


def test_a_supervisor_can_take_the_hash_of_the_dossier_again(campaign):
    signed(campaign, NOW)

    _name, packed = dossier_of(campaign, NOW)

    archive = zipfile.ZipFile(io.BytesIO(packed))
    decided = json.loads(archive.read("sign-offs.json"))[0]
    assert hashlib.sha256(archive.read("sign-off-1.json")).hexdigest() == decided["sha256"]
    assert archive.read("sign-off-1.json").decode() == body_of(campaign)
