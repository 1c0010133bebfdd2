"""Appetite, matrices of any size and why the map moved."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from risk.models import AppetiteBreach, AppetiteStatement, BaselType, Risk, RiskMatrix, RiskRating, RiskSubclass
from risk.services.appetite import appetite_for, propose_statement, watch_appetite
from risk.services.matrices import draft_matrix, map_matrix, propose_matrix
from risk.services.moves import moves_between
from risk.services.register import close_risk, rate_risk
from staff.models import Notification
from tests.factories.changes import agreed
from tests.factories.risk import RatingFactory, RiskFactory
from tests.factories.staff import UserFactory, past_the_guards

pytestmark = pytest.mark.django_db
WHY = "Decided by the committee in its last meeting"


@pytest.fixture
def maker():
    return UserFactory(role="risk")


@pytest.fixture
def checker():
    return UserFactory(role="management")


def stated(maker, checker, **fields):
    asked = {
        "risk_class": "credit", "line_id": None, "team_id": None, "statement": "Little", "tolerance": "medium",
        "lead_after_days": 7, "management_after_days": 30, "valid_from": timezone.localdate(), **fields,
    }  # fmt: skip
    request = agreed(propose_statement(actor=maker, reason=WHY, at=timezone.now(), **asked), checker)
    assert request.state == "executed", request.outcome
    return AppetiteStatement.objects.latest("pk")


def small(maker):
    """Two likelihoods by three impacts."""
    cells = {
        (row, column): (row * column, "high" if row * column > 3 else "low") for row in (1, 2) for column in (1, 2, 3)
    }
    return draft_matrix(actor=maker, likelihoods=["Seldom", "Often"], impacts=["S", "M", "L"], cells=cells)


def all_places(**changed):
    return {(row, column): (1 if row < 4 else 2, min(column, 3)) for row in range(1, 6) for column in range(1, 6)}


def test_the_seven_basel_event_types_and_their_twenty_parts_are_data():
    assert BaselType.objects.filter(parent=None).count() == 7
    assert BaselType.objects.exclude(parent=None).count() == 20
    assert not RiskSubclass.objects.filter(risk_class="operational", basel_type=None).exists()


def test_a_statement_takes_two_people_and_raw_writes_are_refused(maker, checker):
    statement = stated(maker, checker)

    with pytest.raises(DatabaseError), transaction.atomic():
        AppetiteStatement.objects.filter(pk=statement.pk).update(tolerance="critical")
    with pytest.raises(DatabaseError), transaction.atomic():
        AppetiteStatement.objects.create(
            risk_class="legal", statement="All", tolerance="critical", valid_from=timezone.localdate()
        )


def test_the_statement_of_the_line_goes_before_that_of_the_company(maker, checker):
    company, line = stated(maker, checker), stated(maker, checker, line_id="p2p", tolerance="low")

    assert appetite_for(RiskFactory(risk_class="credit"), timezone.localdate()) == company
    assert appetite_for(RiskFactory(risk_class="credit", line_id="p2p"), timezone.localdate()) == line
    assert appetite_for(RiskFactory(risk_class="legal"), timezone.localdate()) is None


def test_a_risk_above_the_appetite_is_told_once_at_each_step_and_closed_when_it_is_back(maker, checker):
    stated(maker, checker)
    risk, today = RiskFactory(rated=(5, 5)), timezone.localdate()
    RiskFactory(rated=(1, 1))

    assert [watch_appetite(business_date=today) for _ in range(2)] == [1, 1]
    told = Notification.objects.filter(key__startswith="appetite:")
    assert [one.user for one in told] == [risk.owner]
    watch_appetite(business_date=today + timedelta(days=30))
    assert checker.pk in told.values_list("user", flat=True)
    risk.residual = RatingFactory(risk=risk, kind="residual", likelihood=1, impact=1)
    risk.save()
    assert watch_appetite(business_date=today + timedelta(days=31)) == 0
    assert AppetiteBreach.objects.get().closed_on == today + timedelta(days=31)


def test_a_matrix_does_not_begin_while_an_old_place_has_no_new_one(maker):
    matrix = small(maker)

    with pytest.raises(ValidationError, match="5 × 5"):
        propose_matrix(actor=maker, matrix_id=matrix.pk, day=timezone.localdate(), reason=WHY, at=timezone.now())
    with pytest.raises(ValidationError, match="every place"):
        map_matrix(actor=maker, matrix_id=matrix.pk, places={(1, 1): (1, 1)}, at=timezone.now())
    with pytest.raises(ValidationError, match="no place"):
        map_matrix(actor=maker, matrix_id=matrix.pk, places=all_places() | {(5, 5): (3, 3)}, at=timezone.now())


def test_a_matrix_of_another_size_says_old_ratings_again_by_the_mapping(maker, checker, client):
    risk, untouched = RiskFactory(rated=(5, 4)), RiskFactory(rated=(1, 1))
    close_risk(actor=maker, risk_id=untouched.pk, reason="Gone for good, as decided")
    matrix = small(maker)
    map_matrix(actor=maker, matrix_id=matrix.pk, places=all_places(), at=timezone.now())
    request = propose_matrix(actor=maker, matrix_id=matrix.pk, day=timezone.localdate(), reason=WHY, at=timezone.now())

    assert agreed(request, checker).state == "executed"

    risk.refresh_from_db()
    new = risk.residual
    assert (new.matrix, new.likelihood, new.impact, new.score, new.level, new.basis) == (
        matrix,
        2,
        3,
        6,
        "high",
        "mapping",
    )
    assert RiskRating.objects.filter(risk=risk).count() == 4
    assert RiskRating.objects.filter(risk=untouched).count() == 2
    client.force_login(maker)
    assert client.get(reverse("risk:heat_map")).content.decode().count("<tr>") == 3
    with pytest.raises(ValidationError, match="from 1 to 2 and an impact from 1 to 3"):
        rate_risk(actor=maker, risk_id=risk.pk, kind="inherent", likelihood=3, impact=1, reason=WHY, at=timezone.now())


def test_the_map_says_why_it_moved(maker):
    today = timezone.localdate()
    old, now = timezone.now() - timedelta(days=40), timezone.now()
    risks = [RiskFactory(created_at=old) for _ in range(5)]
    for risk in risks:
        RatingFactory(risk=risk, kind="residual", likelihood=2, impact=2, rated_at=old)
    for risk, basis, version in zip(risks, ["data", "model", "expert", "decision"], ["", "v2", "", ""], strict=False):
        RatingFactory(
            risk=risk, kind="residual", likelihood=4, impact=2, rated_at=now, basis=basis, model_version=version
        )
    close_risk(actor=maker, risk_id=risks[4].pk, reason="It cannot happen any more")
    fresh = RiskFactory()
    RatingFactory(risk=fresh, kind="residual", rated_at=now)
    same = RiskFactory(created_at=old)
    RatingFactory(risk=same, kind="residual", rated_at=old)
    RatingFactory(risk=same, kind="residual", rated_at=now, basis="data")

    moves = moves_between(Risk.objects.all(), "residual", today - timedelta(days=30), today)

    why = {move.pk: move.reason for move in moves}
    assert why == {
        **{
            risk.pk: basis for risk, basis in zip(risks, ["data", "model", "expert", "decision", "closed"], strict=True)
        },
        fresh.pk: "opened",
    }


def test_the_map_of_a_past_day_shows_what_stood_then(maker, client):
    old = timezone.now() - timedelta(days=40)
    risk = RiskFactory(created_at=old)
    RatingFactory(risk=risk, kind="residual", likelihood=2, impact=2, rated_at=old)
    RatingFactory(risk=risk, kind="residual", likelihood=5, impact=5, rated_at=timezone.now())
    client.force_login(maker)

    page = client.get(f"{reverse('risk:heat_map')}?on={timezone.localdate() - timedelta(days=30)}").content.decode()

    assert ">1<small>4</small></a>" in page
    assert client.get(f"{reverse('risk:heat_map')}?on=2026-02-30").status_code == 200


@pytest.mark.parametrize("name", ["appetite_list", "outside_appetite", "map_moved", "matrix_list"])
def test_a_page_asks_as_often_for_four_rows_as_for_one(maker, checker, client, django_assert_max_num_queries, name):
    client.force_login(maker)
    url, lines = reverse(f"risk:{name}"), ["p2p", "fund", "wealth"]
    for number in (0, 3):
        for line in lines[:number] or [None]:
            stated(maker, checker, line_id=line)
            RiskFactory(rated=(5, 5), line_id=line)
            small(maker)
        watch_appetite(business_date=timezone.localdate())
        client.get(url)
        with django_assert_max_num_queries(60) as asked:
            client.get(url)
        if number == 0:
            once = len(asked)
    assert AppetiteBreach.objects.count() == AppetiteStatement.objects.count() == 4
    assert len(asked) == once


def test_a_draft_is_drawn_mapped_and_asked_for_in_the_browser(maker, client):
    client.force_login(maker)
    words = {"likelihoods": "Seldom\nOften", "impacts": "S\nM\nL", "medium": 2, "high": 4, "critical": 6}

    assert client.post(reverse("risk:matrix_draft"), words).status_code == 302
    matrix = RiskMatrix.objects.get(version=2)
    places = {f"{row}x{column}": "1x1" for row in range(1, 6) for column in range(1, 6)}
    assert client.post(reverse("risk:matrix_map", args=[matrix.pk]), {**places, "5x5": ""}).status_code == 422
    assert client.post(reverse("risk:matrix_map", args=[matrix.pk]), places).status_code == 302
    asked = {"day": timezone.localdate().isoformat(), "reason": WHY}
    assert client.post(reverse("risk:matrix_begin", args=[matrix.pk]), asked).status_code == 302
    assert "waits for approval" in client.get(reverse("risk:matrix_detail", args=[matrix.pk])).content.decode()
    with past_the_guards():
        assert RiskMatrix.objects.get(version=2).in_force_from is None
