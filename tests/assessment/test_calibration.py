"""What came of forecasts, and the record of experts that follows. Scores are recomputed here in fractions, by the formula
of Brier (1950), not by the rules under test; intervals by solving Wilson's equation by halves."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from assessment.models import Outcome, PanelItem
from assessment.services.calibration import record_outcome, records_of
from assessment.services.panels import finish_panel
from assessment.services.rounds import close_round
from assessment.services.votes import cast_votes
from audit.models import Event
from risk.rules.statistics import Z95, wilson_interval
from tests.factories import UserFactory
from tests.factories.panels import a_finished_panel, a_running_panel, experts_of, opened, said, vote

pytestmark = pytest.mark.django_db
NOW = timezone.now
LONG_AGO = timedelta(days=400)
EVIDENCE = "Two losses in the register, both from May."


def a_forecast(said_by, items=None, at=None):
    """A panel finished long ago on which each expert said what `said_by` gives for them; returns it."""
    at = at or NOW() - LONG_AGO
    items = items or [{"question": "Will the provider fail?", "estimate": "loss", "currency": "CNY"}]
    panel = a_running_panel(at=at, experts=len(said_by), items=items, max_rounds=1)
    for expert, votes in zip(experts_of(panel), said_by, strict=True):
        cast = {item.pk: said(**one) for item, one in zip(panel.items.all(), votes, strict=True)}
        cast_votes(actor=expert, panel_id=panel.pk, votes=cast, at=at)
    close_round(actor=panel.facilitator, panel_id=panel.pk, at=at)
    return finish_panel(actor=panel.facilitator, panel_id=panel.pk, conclusion="As the experts say.", at=at)


def came(item, true=True, **more):
    fields = {"actor": UserFactory(role="compliance"), "evidence": EVIDENCE, "at": NOW()} | more
    return record_outcome(item_id=item.pk, came_true=true, **fields)


def test_a_record_is_the_mean_square_of_what_was_said_and_what_came():
    said_by = [[{"probability": p, "low": Decimal(10), "high": Decimal(20)}] for p in ("80", "35.5", "0")]
    panel = a_forecast(said_by)
    came(panel.items.get(), True, observed=Decimal(20))

    records = records_of(experts_of(panel))

    expected = [(Fraction(p) / 100 - 1) ** 2 for p in ("80", "35.5", "0")]
    assert [one.brier for one in records] == [pytest.approx(float(one)) for one in expected]
    assert [(one.count, one.hits.hits, one.hits.intervals) for one in records] == [
        (1, 1, 1)
    ] * 3  # its ends belong to it
    assert [one.weight for one in records] == [None] * 3
    assert records[0].quarters == [(records[0].resolved[0].quarter, 1, pytest.approx(0.04))]


@pytest.mark.parametrize(
    ("observed", "hits"), [("9.99", 0), ("10", 1), ("15", 1), ("20.00", 1), ("20.01", 0), (None, None)]
)
def test_an_interval_holds_from_its_one_end_to_the_other(observed, hits):
    panel = a_forecast([[{"low": Decimal(10), "high": Decimal(20)}]] * 3)
    came(panel.items.get(), False, observed=observed and Decimal(observed))

    (record, *_others) = records_of(experts_of(panel))

    assert (record.hits and record.hits.hits) == hits


def test_only_the_last_vote_on_an_item_counts_and_items_without_an_outcome_do_not():
    at = NOW() - LONG_AGO
    panel = a_running_panel(at=at, experts=3, risks=2)
    for expert, place in zip(experts_of(panel), [(1, 1), (5, 5), (3, 3)], strict=True):
        vote(panel, expert, place, (6 - place[0], 6 - place[1]), at=at, probability=Decimal(90))
    close_round(actor=panel.facilitator, panel_id=panel.pk, at=at)
    opened(panel, at)
    for expert in experts_of(panel):
        vote(panel, expert, (3, 3), (4, 4), at=at, probability=Decimal(10))
    close_round(actor=panel.facilitator, panel_id=panel.pk, at=at)
    finish_panel(actor=panel.facilitator, panel_id=panel.pk, conclusion="As the experts say.", at=at)
    came(panel.items.first(), False)

    assert [(one.count, one.brier) for one in records_of(experts_of(panel))] == [(1, pytest.approx(0.01))] * 3


def test_records_of_many_panels_add_up_in_one_query(django_assert_num_queries):
    experts = [UserFactory(role="service") for _number in range(3)]
    truth = [True, False, True, True, False, False]
    chances = [90, 20, 70, 50, 10, 0]
    for true, chance in zip(truth, chances, strict=True):
        panel = a_finished_panel(
            at=NOW() - LONG_AGO, experts=experts, items=[{"question": f"Will it come to {chance}?"}]
        )
        assert {one.probability for one in panel.rounds.get().votes.all()} == {20}
        came(panel.items.get(), true)

    with django_assert_num_queries(1):
        records = records_of(experts)

    expected = sum((Fraction(1, 5) - true) ** 2 for true in truth) / len(truth)
    assert [one.brier for one in records] == [pytest.approx(float(expected))] * 3
    assert [one.expert for one in records] == experts
    assert {one.weight for one in records} == {Decimal("0.6")}  # 2 - 4 x 0.34, in tenths
    assert records_of([UserFactory()])[0].brier is None


@given(st.integers(1, 400), st.data())
def test_wilsons_ends_lie_a_normal_quantile_from_the_share(trials, data):
    # Each end p solves |share - p| = z √(p (1 - p) / n): found here by halves, where the rule has the closed form.
    hits = data.draw(st.integers(0, trials))
    share = hits / trials

    def end(inside, outside):
        for _step in range(200):
            middle = (inside + outside) / 2
            near = abs(share - middle) <= Z95 * (middle * (1 - middle) / trials) ** 0.5
            inside, outside = (middle, outside) if near else (inside, middle)
        return inside

    assert wilson_interval(hits, trials) == (
        pytest.approx(end(share, 0.0) if hits else 0.0, abs=1e-9),
        pytest.approx(end(share, 1.0) if hits < trials else 1.0, abs=1e-9),
    )


def test_neither_who_sat_nor_who_ran_a_panel_records_what_came_of_it():
    expert = UserFactory(role="compliance")
    panel = a_finished_panel(
        at=NOW() - LONG_AGO, experts=[expert, *(UserFactory(role="service") for _number in range(2))], risks=1
    )
    item = panel.items.get()

    with pytest.raises(PermissionDenied, match="were on this panel"):
        came(item, actor=expert)
    with pytest.raises(PermissionDenied, match="ran this panel"):
        came(item, actor=panel.facilitator)

    for person in (expert, panel.facilitator):
        with pytest.raises(DatabaseError, match="did not run it"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO assessment_outcome (item_id, came_true, evidence, recorded_by_id, recorded_at)"
                " VALUES (%s, true, 'Said so myself', %s, now())",
                [item.pk, person.pk],
            )
    assert not Outcome.objects.exists()
    assert came(item, actor=UserFactory(role="risk")).came_true


def test_an_outcome_is_recorded_once_after_its_year_and_stays():
    fresh = a_finished_panel(risks=1).items.get()
    with pytest.raises(ValidationError, match="year is not over"):
        came(fresh)
    with pytest.raises(ValidationError, match="year is not over"):
        came(a_running_panel(at=NOW() - LONG_AGO, risks=1).items.get())
    item = a_finished_panel(at=NOW() - LONG_AGO, risks=1).items.get()
    with pytest.raises(ValidationError, match="No interval"):
        came(item, observed=Decimal(3))
    for evidence in ("", "  \n "):
        with pytest.raises(ValidationError):
            came(item, evidence=evidence)
    made = came(item, evidence="已核实:两笔损失 <script>alert(1)</script>")

    with pytest.raises(ValidationError, match="its outcome is recorded"):
        came(item, False)
    for statement in ("UPDATE assessment_outcome SET came_true = false", "DELETE FROM assessment_outcome"):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert {
        one.reason
        for one in Event.objects.filter(action="assessment.outcome.recorded", table_name="assessment_outcome")
    } == {made.evidence}
    assert not PanelItem.objects.due(NOW()).filter(pk=item.pk).exists()


def test_a_forecast_is_resolved_on_its_page_and_over_rest_by_others(client):
    first, second = [a_forecast([[{}]] * 3, items=[{"question": f"Will {n} fail?"}]).items.get() for n in "AB"]
    for runs in (first, second):
        client.force_login(runs.panel.facilitator)
        assert client.get(reverse("assessment:outcome_record", args=[runs.pk])).status_code == 403
        refused = client.post(
            f"/api/v1/forecasts/{runs.pk}/outcome/", {"came_true": True, "evidence": EVIDENCE}, "application/json"
        )
        assert refused.status_code == 403
    client.force_login(UserFactory(role="service"))
    assert client.get("/api/v1/forecasts/").status_code == 403

    client.force_login(UserFactory(role="compliance"))
    due = client.get("/api/v1/forecasts/").json()["results"]
    assert {one["id"] for one in due} == {str(first.pk), str(second.pk)}
    page = client.post(reverse("assessment:outcome_record", args=[first.pk]), {"came_true": "no", "evidence": EVIDENCE})
    assert page.status_code == 302
    url = f"/api/v1/forecasts/{second.pk}/outcome/"
    assert client.post(url, {"came_true": True, "evidence": "short"}, "application/json").status_code == 400
    ugly = {"came_true": True, "evidence": EVIDENCE, "observed": "5"}
    assert client.post(url, ugly, "application/json").status_code == 400
    made = client.post(url, {"came_true": True, "evidence": EVIDENCE}, "application/json")
    assert (made.status_code, made.json()["came_true"]) == (201, True)
    assert client.post(url, {"came_true": True, "evidence": EVIDENCE}, "application/json").status_code == 404
    assert dict(Outcome.objects.values_list("item", "came_true")) == {first.pk: False, second.pk: True}
