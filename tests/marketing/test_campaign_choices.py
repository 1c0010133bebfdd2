"""What a campaign may be made of: what the marketer sees, by page and by API."""

import pytest
from django.utils import timezone

from marketing.forms.campaigns import CampaignForm, VariantsForm
from marketing.services.contents import archive_message
from products.models import BusinessLine
from tests.factories import UserFactory
from tests.factories.campaigns import CampaignFactory, MessageFactory, SegmentFactory
from tests.factories.offers import a_draft, an_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def of_payment():
    return UserFactory(role="marketing", business_lines=["payment"])


def of_fund(factory, **fields):
    return factory(line=BusinessLine.objects.get(pk="fund"), **fields)


def test_offers_of_other_lines_and_those_never_in_force_are_not_offered(of_payment):
    own, other, draft = an_offer(line_id="payment"), an_offer(line_id="fund"), a_draft(line_id="payment")

    offered = set(CampaignForm(user=of_payment).fields["offer"].queryset)

    assert own in offered
    assert not {other, draft} & offered


def test_messages_of_other_lines_and_those_put_away_are_not_offered(of_payment):
    own, other, gone = MessageFactory(), of_fund(MessageFactory), MessageFactory()
    archive_message(actor=UserFactory(role="marketing"), message_id=gone.pk, at=timezone.now())

    form = VariantsForm(campaign=CampaignFactory(), user=of_payment)

    assert own in form.fields["message_A"].queryset
    assert not {other, gone} & set(form.fields["message_A"].queryset)


@pytest.fixture
def asked(client, of_payment):
    """What the API answers who asks for the campaign with other content."""
    campaign = CampaignFactory(owner=of_payment)
    client.force_login(of_payment)

    def ask(part, **content):
        ways = {"": client.patch, "variants/": client.post}
        address = f"/api/v1/campaigns/{campaign.reference}/{part}"
        return ways[part](address, content, content_type="application/json")

    return ask


def test_the_api_takes_no_offer_that_one_does_not_see(asked):
    answer = asked("", offer=an_offer(line_id="fund").code)

    assert answer.status_code == 400
    assert "offer" in answer.json()["errors"]


def test_the_api_takes_no_message_that_one_does_not_see(asked):
    message = of_fund(MessageFactory)

    assert asked("variants/", variants=[{"message": message.code, "share": 10_000}]).status_code == 400


def test_the_api_leaves_out_by_a_segment_that_one_sees(asked):
    assert asked("", suppress=[SegmentFactory().code]).status_code == 200
    assert asked("", suppress=["nobody-knows-it"]).status_code == 400
