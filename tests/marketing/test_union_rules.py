"""Members of the European Union follow its rules where they have none of their own, and their own where they have."""

from datetime import UTC, date, datetime

import pytest
from django.utils import timezone

from marketing.models import ContactRule, Disclosure, Message
from marketing.rules.quiet_hours import zones_of
from marketing.services.audiences import foresee
from marketing.services.contact_limits import ContactLimits
from marketing.services.content_checks import required_disclosures
from tests.factories.campaigns import CampaignFactory, MessageFactory, awake, reachable, written_to
from tests.factories.products import ProductFactory
from tests.factories.rules import standing_rule

BEGINS, DAY = date(2026, 1, 1), date(2026, 1, 15)
UNION = ("Europe/Lisbon", "Europe/Berlin", "Europe/Helsinki")


def contact(code, place, value, begins=BEGINS):
    standing_rule(ContactRule, code=code, jurisdiction=place, value=value, unit="times", valid_from=begins)


def weeks(*places):
    """How many messages a week each place allows."""
    limits = ContactLimits(DAY)
    return [limits.of(place).get("cap_week") for place in places]


@pytest.mark.django_db
def test_how_often_is_the_members_own_before_the_unions_before_everybodys():
    assert weeks("DE", "FR", "EU", "CN", "GB", "") == [2] * 6

    contact("cap_week", "EU", 3)
    assert weeks("DE", "FR", "EU", "CN", "GB", "") == [3, 3, 3, 2, 2, 2]

    # Newer than the member's own, the union's is still the farther one.
    contact("cap_week", "DE", 1)
    contact("cap_week", "EU", 4, begins=date(2026, 1, 8))
    assert weeks("DE", "FR", "EU", "CN", "GB", "") == [1, 4, 4, 2, 2, 2]


@pytest.mark.django_db
def test_a_rule_of_ones_own_leaves_the_unions_other_rules_as_they_are():
    contact("cap_week", "DE", 1)
    contact("cap_month", "EU", 5)

    limits = ContactLimits(DAY)

    assert [limits.of("DE").get(code) for code in ("cap_week", "cap_month", "fatigue")] == [1, 5, 4]
    assert limits.columns(["DE", "FR", "CN"])["cap_weeks"] == [1, 2, 2]
    assert limits.columns(["DE", "FR", "CN"])["cap_months"] == [5, 5, 6]


@pytest.mark.django_db
def test_the_unions_cap_holds_back_its_members_alone():
    awake()
    contact("cap_week", "EU", 1)
    campaign = CampaignFactory()
    for place in ("AT", "DE", "CN"):
        written_to(reachable(campaign.segment, 1, jurisdiction=place)[0], days=1)

    assert foresee(campaign, timezone.now()).left_out == {"capped": 2}


@pytest.mark.parametrize(
    ("place", "zones"),
    [
        ("AT", UNION), ("FI", UNION), ("EU", UNION), ("at", UNION), ("DE", ("Europe/Berlin",)),
        ("GB", ("Europe/London",)), ("BR", ("Asia/Shanghai",)), ("", ("Asia/Shanghai",)),
    ],
)  # fmt: skip
def test_a_member_without_a_zone_of_its_own_sleeps_where_anybody_of_the_union_does(place, zones):
    assert zones_of(place, "Asia/Shanghai") == zones


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hour", "minute", "member", "germany"),
    [
        (19, 30, False, True),  # past nine in the evening in Helsinki, not in Berlin
        (7, 30, False, True),  # before eight in the morning in Lisbon, not in Berlin
        (12, 0, True, True),
        (23, 0, False, False),
    ],
)
def test_nobodys_night_in_the_union_is_disturbed(hour, minute, member, germany):
    limits, at = ContactLimits(DAY), datetime(2026, 1, 15, hour, minute, tzinfo=UTC)

    assert (limits.may_write("AT", at), limits.may_write("DE", at)) == (member, germany)


@pytest.mark.django_db
def test_the_unions_quiet_hours_are_its_members():
    evening = datetime(2026, 1, 15, 19, 30, tzinfo=UTC)  # half past eight in Berlin
    contact("quiet_from", "EU", 20 * 60)

    limits = ContactLimits(DAY)

    assert not limits.may_write("DE", evening)
    assert limits.may_write("GB", evening)
    assert limits.next_moment("DE", evening) == datetime(2026, 1, 16, 7, 0, tzinfo=UTC)


def disclosure(place, text, **fields):
    standing_rule(
        Disclosure, **{"code": "fees", "language": "en", **fields}, jurisdiction=place, text=text, valid_from=BEGINS
    )


def disclosed(place):
    """What a message about a product that is sold in a place must say."""
    message = MessageFactory(product=ProductFactory(jurisdiction=place))
    return [one.text for one in required_disclosures(Message.objects.get(pk=message.pk), DAY)]


@pytest.mark.django_db
def test_members_disclose_what_the_union_asks_unless_they_ask_otherwise_themselves():
    disclosure("", "Fees apply.")
    disclosure("EU", "Fees of the Union apply.")
    assert [disclosed(place) for place in ("DE", "FR", "EU")] == [["Fees of the Union apply."]] * 3
    assert [disclosed(place) for place in ("CN", "GB")] == [["Fees apply."]] * 2

    disclosure("DE", "Fees of Germany apply.")

    assert disclosed("DE") == ["Fees of Germany apply."]
    assert disclosed("FR") == ["Fees of the Union apply."]


@pytest.mark.django_db
def test_the_place_goes_before_the_line_and_the_channel():
    disclosure("EU", "For payments in the Union.", line="payment", channel="email")
    disclosure("DE", "For all of Germany.")
    disclosure("DE", "Another sentence.", code="tax")

    assert disclosed("DE") == ["For all of Germany.", "Another sentence."]
    assert disclosed("FR") == ["For payments in the Union."]
