"""Who owns a company in the end: worked examples, circles, and what is left open."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from audit.models import Event
from customers.models import KycRule, Representative, Stake
from customers.rules.ownership import Share, structure_of
from customers.services import ownership as services
from tests.factories import UserFactory
from tests.factories.customers import PersonFactory
from tests.factories.rules import standing_rule

NOW = timezone.now()
DAY = date(2025, 1, 1)


def shares(*said):
    """Lines such as `A 50 B`: A holds 50 percent of B; capitals with a dot are companies, `-` is the company itself."""
    made = []
    for line in said:
        holder, percent, company = line.split()
        kind = "company" if holder.endswith(".") else "state" if holder.endswith("!") else "person"
        made.append(Share("" if company == "-" else company, holder, kind, Decimal(percent)))
    return structure_of(made)


def ends(structure):
    return {owner.name: owner.percent for owner in structure.owners}


def test_a_share_along_a_chain_is_the_product():
    """A person with 50 % of a company that has 60 % of another owns 30 % of it."""
    assert ends(shares("X. 60 -", "ann 50 X.", "bob 50 X.", "cid 40 -")) == {"cid": 40, "ann": 30, "bob": 30}


def test_shares_over_several_chains_are_added():
    """10 % held directly and 80 % of a holder of 20 %: 26 %, above the quarter that neither chain reaches."""
    found = shares("ann 10 -", "X. 20 -", "ann 80 X.", "bob 20 X.", "cid 70 -")

    assert ends(found)["ann"] == Decimal(26)
    assert [owner.name for owner in found.beneficial(Decimal(25))] == ["cid", "ann"]
    assert [part for _path, part in found.owners[1].chains] == [10, 16]


def test_a_quarter_exactly_is_enough():
    found = shares("X. 50 -", "ann 50 X.", "bob 24.9999 -")
    assert [owner.name for owner in found.beneficial(Decimal(25))] == ["ann"]


def test_three_links_and_a_diamond():
    """Both arms of a diamond lead to one person: 0.6 · 0.5 · 1 + 0.4 · 0.25 · 1 = 40 %."""
    found = shares("A. 60 -", "B. 40 -", "C. 50 A.", "C. 25 B.", "ann 100 C.", "bob 50 A.", "cid 75 B.")

    assert ends(found) == {"ann": 40, "bob": 30, "cid": 30}
    assert found.depth == 2
    assert found.unknown == 0


def test_a_circle_is_told_and_ends():
    found = shares("X. 50 -", "ann 50 -", "Y. 40 X.", "X. 30 Y.", "bob 60 X.", "cid 70 Y.")

    assert found.circles == (("X.", "Y.", "X."),)
    assert ends(found) == {"ann": 50, "bob": 30, "cid": 14}
    assert found.unknown == 6
    assert "X. → Y. → X." in services.sentences(found, "Us")[0]


def test_a_company_that_holds_itself_over_another_is_a_circle():
    found = structure_of([Share("", "X", "company", Decimal(10)), Share("X", "", "company", Decimal(10))])
    assert found.circles == (("X", ""),)
    assert "X → Us" in services.sentences(found, "Us")[0]


def test_what_nobody_is_named_for_is_told():
    found = shares("X. 60 -", "ann 10 -")
    assert found.unknown == 90
    assert "Of 90 %" in services.sentences(found, "Us")[0]


def test_a_state_ends_a_chain_without_a_person():
    found = shares("land! 80 -", "ann 20 -")
    assert found.beneficial(Decimal(25)) == []
    assert found.unknown == 0


def test_more_than_all_of_a_company_is_told():
    assert "110 %" in services.sentences(shares("ann 60 -", "bob 50 -"), "Us")[0]


def test_no_structure_says_nothing():
    assert structure_of([]).owners == ()
    assert services.sentences(structure_of([]), "Us") == []


def test_a_chain_of_hundreds_and_a_thicket_end():
    long = structure_of([Share(f"c{n}" if n else "", f"c{n + 1}", "company", Decimal(100)) for n in range(300)])
    assert long.depth <= 31
    links = [("", "a0"), ("", "b0"), *((f"{x}{n}", f"{y}{n + 1}") for n in range(25) for x in "ab" for y in "ab")]
    thicket = structure_of([Share(company, holder, "company", Decimal(50)) for company, holder in links])
    assert thicket.is_cut
    assert "too many chains" in services.sentences(thicket, "Us")[0]


@pytest.fixture
def clerk(db):
    return UserFactory(role="service")


def a_business():
    return PersonFactory(kind="business", name="华盛电子有限公司", jurisdiction="CN")


def stake(clerk, business, holder, share, **fields):
    return services.add_stake(
        actor=clerk, customer_id=business.pk, holder=holder, share=Decimal(share), from_on=DAY, at=NOW, **fields
    )


@pytest.mark.django_db
def test_a_structure_is_that_of_a_day(clerk):
    business = a_business()
    old = stake(clerk, business, "段正淳", 100)
    services.end_stake(actor=clerk, stake_id=old.pk, to_on=date(2025, 6, 30))
    Stake.objects.create(customer=business, holder="王小明", share=100, from_on=date(2025, 7, 1))

    assert ends(services.structure(business, day=date(2025, 6, 30))) == {"段正淳": 100}
    assert ends(services.structure(business, day=date(2025, 7, 1))) == {"王小明": 100}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "share"),
    [({}, "0"), ({}, "-5"), ({}, "100.01"), ({"company": "Nobody's"}, "10"), ({"holder_kind": "alien"}, "10")],
)
def test_what_is_no_share_is_refused(clerk, fields, share):
    with pytest.raises(ValidationError):
        stake(clerk, a_business(), "段正淳", share, **fields)
    assert not Stake.objects.exists()


@pytest.mark.django_db
def test_a_person_has_no_owners_and_marketing_records_none(clerk):
    with pytest.raises(ValidationError, match="Only a business"):
        stake(clerk, PersonFactory(), "段正淳", 10)
    with pytest.raises(PermissionDenied):
        stake(UserFactory(role="marketing"), a_business(), "段正淳", 10)


@pytest.mark.django_db
def test_the_threshold_is_that_of_the_jurisdiction():
    business = a_business()
    standing_rule(
        KycRule, code="owner_threshold", jurisdiction="CN", value=10, unit="percent", valid_from=date(2026, 1, 1)
    )

    assert services.threshold(business, day=date(2025, 12, 31)) == 25
    assert services.threshold(business, day=date(2026, 1, 1)) == 10


@pytest.mark.django_db
def test_powers_end_once_and_names_stay_out_of_the_log(clerk):
    made = services.add_representative(
        actor=clerk, customer_id=a_business().pk, name="段 正淳", role="agent", powers=["pay", "ask"], from_on=DAY,
        number="11010519491231002X", at=NOW,
    )  # fmt: skip

    services.end_representative(actor=clerk, representative_id=made.pk, to_on=DAY)
    with pytest.raises(ValidationError, match="ended already"):
        services.end_representative(actor=clerk, representative_id=made.pk, to_on=DAY)

    assert Representative.objects.get().powers == ["ask", "pay"]
    bodies = "".join(Event.objects.of_record("customers_representative", made.pk).values_list("body", flat=True))
    assert "段" not in bodies
    assert "11010519491231002X" not in bodies


@pytest.mark.django_db
def test_owners_stand_on_the_tab_with_their_tree(client, clerk):
    business = a_business()
    client.force_login(clerk)
    home = f"/customers/{business.reference}/"
    for sent in [
        {"holder": "Holding Ltd", "holder_kind": "company", "share": "60", "from_on": "2025-01-01"},
        {"holder": "Li Mei", "holder_kind": "person", "share": "50", "company": "Holding Ltd", "from_on": "2025-01-01"},
    ]:
        assert client.post(f"{home}stakes/new/", sent).status_code == 302
    page = client.get(f"{home}kyc/").content.decode()

    assert "30.00 %" in page
    assert "Holding Ltd → Li Mei" in page
    assert client.post(f"{home}stakes/new/", {"holder": "x", "share": "abc"}).status_code == 422
