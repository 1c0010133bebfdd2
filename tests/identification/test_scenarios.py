from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from identification.models import RiskFactor, Scenario, ScenarioOutcome, ScenarioShock
from identification.rules.scenarios import hurdle_to_size
from identification.scenario_columns import size_text
from identification.services.scenarios import change_scenario, retire_scenario, revise_scenario, use_scenario
from risk.models import Risk, RiskProposal
from tests.factories import UserFactory
from tests.factories.risk import RiskFactory
from tests.factories.scenarios import SHOCKS, STORY, a_scenario, an_outcome

pytestmark = pytest.mark.django_db
NOW = timezone.now


@pytest.fixture
def officer(db):
    return UserFactory(role="risk")


def revised(scenario, **more):
    fields = {"actor": scenario.owner, "scenario_id": scenario.pk, "at": NOW(), "shocks": SHOCKS, **STORY, **more}
    return revise_scenario(**fields)


@pytest.mark.parametrize(
    ("size", "unit", "hurdle"),
    [
        ("200", "bp", ""), ("0", "bp", "none"), ("-100", "percent", ""), ("-100.01", "percent", "below_nothing"),
        ("1", "times", "none"), ("0", "times", "not_positive"), ("-2", "times", "not_positive"), ("0.5", "times", ""),
        ("-1.5", "points", ""),
    ],
)  # fmt: skip
def test_what_a_shock_may_be(size, unit, hurdle):
    assert hurdle_to_size(Decimal(size), unit) == hurdle


@pytest.mark.parametrize(
    ("code", "size", "text"),
    [("policy_rate", 200, "+200 basis points"), ("property_prices", -20, "−20 %"), ("default_rate", "1.8", "× 1.8")],
)
def test_a_shock_reads_in_its_unit(code, size, text):
    shock = ScenarioShock(factor=RiskFactor.objects.get(code=code), size=Decimal(size).quantize(Decimal("0.0001")))

    assert size_text(shock) == text


def test_a_scenario_is_a_draft_with_a_number_and_a_first_revision():
    scenario = a_scenario(used=False)

    assert scenario.reference.startswith("S-1")
    assert (scenario.state, scenario.revision.number) == ("draft", 1)
    assert dict(scenario.revision.shocks.values_list("factor__code", "size")) == SHOCKS


def test_an_outcome_names_the_revision_that_was_discussed(officer):
    scenario, risk = a_scenario(owner=officer), RiskFactory()
    outcome = an_outcome(scenario=scenario, risk=risk)

    revised(scenario, shocks={"policy_rate": Decimal(400)}, narrative="Twice as much, in one step.")

    outcome.refresh_from_db()
    scenario.refresh_from_db()
    assert (outcome.revision.number, scenario.revision.number) == (1, 2)
    assert dict(outcome.revision.shocks.values_list("factor__code", "size")) == SHOCKS
    assert (outcome.score, outcome.level) == (12, "high")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE identification_scenariorevision SET narrative = 'x'",
        "UPDATE identification_scenarioshock SET size = 1",
        "DELETE FROM identification_scenarioshock",
        "UPDATE identification_scenariooutcome SET loss_high = 1",
        "DELETE FROM identification_scenariooutcome",
        "DELETE FROM identification_scenariooutcome_participants",
        "INSERT INTO identification_scenarioshock (revision_id, factor_id, size)"
        " SELECT revision_id, (SELECT id FROM identification_riskfactor WHERE code = 'unemployment'), 3"
        " FROM identification_scenariooutcome",
    ],
)
def test_sql_changes_nothing_that_was_written_or_discussed(statement):
    an_outcome()

    for role in ("origin", "replica"):
        as_role = f"SET LOCAL session_replication_role = {role};"
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(as_role + statement)


def test_sql_records_no_losses_that_fall():
    outcome = an_outcome()
    outcome.pk, outcome.loss_low = None, Decimal("9000001")

    with pytest.raises(IntegrityError), transaction.atomic():
        outcome.save()


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"shocks": {"policy_rate": Decimal(0)}}, "moves nothing"),
        ({"shocks": {"property_prices": Decimal(-120)}}, "by more than 100"),
        ({"shocks": {"weather": Decimal(1)}}, "no factor weather"),
        ({"horizon_months": 0}, "greater than or equal to 1"),
        ({"narrative": ""}, "blank"),
    ],
)
def test_what_no_revision_says(officer, wrong, match):
    scenario = a_scenario(owner=officer)

    with pytest.raises(ValidationError, match=match):
        revised(scenario, **wrong)

    assert scenario.revisions.count() == 1


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"held_on": timezone.localdate() + timedelta(days=1)}, "lies ahead"),
        ({"participants": []}, "took part"),
        ({"loss_low": Decimal(5_000_000)}, "rise from low"),
        ({"loss_low": Decimal(-1)}, "rise from low"),
        ({"likelihood": 6}, "not in the matrix"),
        ({"likelihood": 0}, "not in the matrix"),
    ],
)
def test_what_is_no_outcome(wrong, match):
    with pytest.raises(ValidationError, match=match):
        an_outcome(**wrong)

    assert not ScenarioOutcome.objects.exists()


def test_a_draft_and_a_retired_scenario_are_not_discussed(officer):
    draft = a_scenario(used=False, owner=officer)
    with pytest.raises(ValidationError, match="still a draft"):
        an_outcome(scenario=draft)
    retire_scenario(actor=officer, scenario_id=draft.pk, reason="Merged into another.")

    for act in (lambda: an_outcome(scenario=draft), lambda: revised(draft)):
        with pytest.raises(ValidationError, match="is retired"):
            act()


def test_used_twice_is_in_use_once(officer):
    scenario = a_scenario(owner=officer)

    assert use_scenario(actor=officer, scenario_id=scenario.pk).state == "in_use"


def test_nobody_records_an_outcome_for_a_risk_of_elsewhere_or_moves_a_scenario_there():
    narrow = UserFactory(role="risk", business_lines=["p2p"])
    scenario, risk = a_scenario(owner=narrow), RiskFactory()
    Risk.objects.filter(pk=risk.pk).update(line="wealth")

    with pytest.raises(PermissionDenied):
        an_outcome(scenario=scenario, risk=risk, participants=[narrow])
    with pytest.raises(ValidationError, match="outside your scope"):
        change_scenario(
            actor=narrow, scenario_id=scenario.pk, name="X", kind="market", owner=narrow, line_id="wealth"
        )  # fmt: skip


def test_the_whole_way_by_the_pages_in_chinese_and_with_markup(client, officer):
    client.force_login(officer)
    hostile = "挤兑 <script>alert(1)</script>"
    form = {
        "name": hostile,
        "kind": "liquidity",
        "line": "",
        "owner": officer.pk,
        **STORY,
        "shock_redemption_share": "15",
    }
    made = client.post(reverse("identification:scenario_create"), form)
    scenario = Scenario.objects.get()
    assert made.headers["Location"] == reverse("identification:scenario_detail", args=[scenario.reference])

    client.post(reverse("identification:scenario_use", args=[scenario.reference]))
    risk = RiskFactory()
    outcome = {
        "risk": risk.pk, "held_on": timezone.localdate(), "participants": [officer.pk], "expected": "A tenth is short.",
        "currency": "CNY", "loss_low": 1, "loss_likely": 2, "loss_high": 3, "likelihood": 3, "impact": 4,
        "response": "Draw the standby line.",
    }  # fmt: skip
    answer = client.post(reverse("identification:scenario_outcome", args=[scenario.reference]), outcome)
    assert answer.status_code == 302

    page = client.get(reverse("identification:scenario_detail", args=[scenario.reference])).content.decode()
    assert "<script>alert" not in page
    assert "挤兑" in page
    assert "+15 %" in page
    assert "A tenth is short." in page


def test_a_form_with_nothing_says_what_is_missing(client, officer):
    scenario = a_scenario(owner=officer)
    client.force_login(officer)

    for name, args in (
        ("scenario_create", []),
        ("scenario_revise", [scenario.reference]),
        ("scenario_outcome", [scenario.reference]),
    ):
        assert client.post(reverse(f"identification:{name}", args=args), {"name": " "}).status_code == 422


def test_losses_that_fall_are_refused_beside_the_form(client, officer):
    scenario = a_scenario(owner=officer)
    client.force_login(officer)
    answer = client.post(
        reverse("identification:scenario_outcome", args=[scenario.reference]),
        {"held_on": timezone.localdate(), "participants": [officer.pk], "expected": "A tenth is short.", "currency": "CNY",
         "loss_low": 5, "loss_likely": 2, "loss_high": 3, "likelihood": 3, "impact": 4, "response": "Draw the line."},
    )  # fmt: skip

    assert answer.status_code == 422
    assert "Losses rise from low" in answer.content.decode()


def test_a_shock_that_cannot_be_is_refused_over_the_form(client, officer):
    client.force_login(officer)
    form = {"name": "Fall", "kind": "market", "owner": officer.pk, **STORY, "shock_share_prices": "-300"}

    answer = client.post(reverse("identification:scenario_create"), form)

    assert answer.status_code == 422
    assert "Share prices: Nothing falls by more than 100 %." in answer.content.decode()
    assert not Scenario.objects.exists()


def test_the_risk_page_shows_the_last_outcome_of_each_scenario_and_its_thread_all(client, officer):
    risk, scenario = RiskFactory(), a_scenario(owner=officer)
    an_outcome(scenario=scenario, risk=risk, held_on=timezone.localdate() - timedelta(days=9), impact=2)
    last = an_outcome(scenario=scenario, risk=risk)
    an_outcome(scenario=scenario)
    client.force_login(officer)

    panels = client.get(reverse("risk:risk_detail", args=[risk.reference])).context["panels"]
    thread = client.get(reverse("risk:risk_thread", args=[risk.reference])).context["thread"]

    shown = next(panel for panel in panels if panel["key"] == "scenarios")["context"]["outcomes"]
    assert [one for one, _loss, _pill in shown] == [last]
    assert sum(tied.knot.key.startswith("scenario-outcome:") for tied in thread) == 2


def test_a_scenario_of_another_line_is_not_there(client):
    scenario = a_scenario()
    Scenario.objects.update(line="wealth")
    client.force_login(UserFactory(role="risk", business_lines=["p2p"]))

    assert scenario.reference not in client.get(reverse("identification:scenario_list")).content.decode()
    assert client.get(reverse("identification:scenario_detail", args=[scenario.reference])).status_code == 404
    assert client.get(f"/api/v1/scenarios/{scenario.reference}/").status_code == 404


def test_who_writes_about_products_reads_scenarios_and_changes_none(client):
    scenario = a_scenario()
    client.force_login(UserFactory(role="product"))

    assert client.get(reverse("identification:scenario_detail", args=[scenario.reference])).status_code == 200
    assert client.post(reverse("identification:scenario_use", args=[scenario.reference])).status_code == 403


@pytest.mark.parametrize("page", ["scenario_list", "scenario_detail"])
def test_pages_cost_the_same_for_one_row_and_three(client, officer, django_assert_max_num_queries, page):
    scenario = a_scenario(owner=officer)
    an_outcome(scenario=scenario, risk=RiskFactory())
    client.force_login(officer)
    url = reverse(f"identification:{page}", args=[scenario.reference] if page == "scenario_detail" else [])
    client.get(url)
    with django_assert_max_num_queries(40) as one:
        client.get(url)
    for _more in range(2):
        an_outcome(scenario=scenario, risk=RiskFactory())
        an_outcome()

    with django_assert_max_num_queries(len(one.captured_queries)):
        client.get(url)


def test_a_program_writes_revises_uses_and_discusses(client, officer):
    client.force_login(officer)
    content = {**STORY, "shocks": [{"factor": "policy_rate", "size": "200"}]}
    made = client.post(
        "/api/v1/scenarios/", {"name": "Rate", "kind": "market", "owner": officer.pk, **content}, "application/json"
    )
    url = f"/api/v1/scenarios/{made.json()['reference']}/"
    twice = {**content, "shocks": content["shocks"] * 2}

    assert made.status_code == 201
    assert client.post(f"{url}revise/", twice, "application/json").status_code == 400
    assert client.post(f"{url}revise/", content, "application/json").json()["revision"]["number"] == 2
    assert client.post(f"{url}use/").json()["state"] == "in_use"
    outcome = {
        "held_on": str(timezone.localdate()), "participants": [officer.pk], "expected": "Funds fall by a tenth.",
        "currency": "CNY", "loss_low": "1", "loss_likely": "2", "loss_high": "3", "likelihood": 3, "impact": 4,
        "response": "Shorten durations.",
    }  # fmt: skip
    assert client.post(f"{url}outcomes/", outcome, "application/json").status_code == 201
    assert [(one["revision"], one["risk"]) for one in client.get(f"{url}outcomes/").json()] == [(2, None)]


def test_an_outcome_proposes_a_risk_once(client, officer):
    outcome = an_outcome(scenario=a_scenario(kind="policy"))
    client.force_login(officer)
    url = reverse("identification:outcome_propose", args=[outcome.pk])
    shown = client.get(url).context["form"].initial
    for _twice in range(2):
        client.post(url, {"title": "New rule ends lending", "risk_class": "legal", "line": ""})

    proposal = RiskProposal.objects.get()
    assert (shown["risk_class"], shown["description"]) == ("legal", outcome.expected)
    assert (proposal.source, proposal.source_key) == ("scenario", f"scenario-outcome:{outcome.pk}")
