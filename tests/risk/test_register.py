from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import Event
from products.models import BusinessLine
from risk.models import Risk, RiskMatrix, RiskMatrixCell, RiskRating
from risk.services.register import close_risk, rate_risk, record_risk, reopen_risk, review_risk
from risk.services.reviews import remind_of_reviews
from staff.models import Notification
from tests.database_roles import as_superuser
from tests.factories.risk import RatingFactory, RiskFactory
from tests.factories.staff import UserFactory

pytestmark = pytest.mark.django_db
REASON = "Loss data of two years, controls tested in May"


@pytest.fixture
def officer(client):
    user = UserFactory(role="risk")
    client.force_login(user)
    return user


def rate(risk, likelihood=4, impact=3, kind="inherent", reason=REASON):
    return rate_risk(
        actor=risk.owner,
        risk_id=risk.pk,
        kind=kind,
        likelihood=likelihood,
        impact=impact,
        reason=reason,
        at=timezone.now(),
    )


@pytest.fixture
def second_matrix():
    """Version 2 in force from today: score is the sum, everything is medium."""
    matrix = RiskMatrix.objects.create(
        version=2, likelihood_labels=list("ABCDE"), impact_labels=list("FGHIJ"), in_force_from=timezone.localdate()
    )
    RiskMatrixCell.objects.bulk_create(
        RiskMatrixCell(matrix=matrix, likelihood=row, impact=column, score=row + column, level="medium")
        for row in range(1, 6)
        for column in range(1, 6)
    )
    return matrix


# Rules of the register


def test_a_recorded_risk_has_a_number_and_is_open():
    actor = UserFactory(role="risk")

    risk = record_risk(
        actor=actor,
        at=timezone.now(),
        title="Payout file is released twice",
        risk_class="operational",
        line_id="payment",
    )

    risk.refresh_from_db()
    assert risk.reference.startswith("R-")
    assert (risk.status, risk.inherent, risk.residual) == ("open", None, None)


def test_a_risk_outside_ones_lines_cannot_be_recorded():
    actor = UserFactory(role="risk", business_lines=["p2p"])

    with pytest.raises(ValidationError, match="outside your scope"):
        record_risk(actor=actor, at=timezone.now(), title="x", risk_class="credit", line_id="fund")


def test_a_rating_takes_score_and_level_from_the_matrix_and_comes_into_force():
    risk = RiskFactory()

    rating = rate(risk, 4, 5)

    risk.refresh_from_db()
    assert (rating.score, rating.level, rating.matrix.version, risk.inherent) == (20, "critical", 1, rating)


def test_a_rating_keeps_the_matrix_version_it_was_made_with(second_matrix):
    risk = RiskFactory(rated=(4, 5))
    old = risk.inherent

    new = rate(risk, 4, 5)

    old.refresh_from_db()
    assert (old.matrix.version, old.score, old.level) == (1, 20, "critical")
    assert (new.matrix.version, new.score, new.level) == (2, 9, "medium")


@pytest.mark.parametrize("statement", ["UPDATE risk_riskrating SET score = 1", "DELETE FROM risk_riskrating"])
def test_a_rating_is_never_changed_even_by_a_session_that_skips_triggers(statement):
    RatingFactory()

    with transaction.atomic(), as_superuser(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        with pytest.raises(DatabaseError, match="never changed or removed"), transaction.atomic():
            cursor.execute(statement)


def test_residual_above_inherent_is_refused_and_equal_is_not():
    risk = RiskFactory()
    rate(risk, 3, 3)

    with pytest.raises(ValidationError, match="Residual 12 is above inherent 9"):
        rate(risk, 4, 3, kind="residual")

    assert rate(risk, 3, 3, kind="residual").score == 9


def test_residual_is_not_compared_with_an_inherent_rating_of_another_matrix(second_matrix):
    risk = RiskFactory(rated=(1, 1))

    assert rate(risk, 5, 5, kind="residual").score == 10


@pytest.mark.parametrize(
    ("likelihood", "impact", "reason", "message"),
    [(6, 1, REASON, "from 1 to 5"), (0, 1, REASON, "from 1 to 5"), (1, 1, "  ", "Say why")],
)
def test_a_rating_that_cannot_be_is_refused(likelihood, impact, reason, message):
    with pytest.raises(ValidationError, match=message):
        rate(RiskFactory(), likelihood, impact, reason=reason)


def test_a_rating_is_named_in_the_log_with_its_reason():
    rating = rate(RiskFactory())

    event = Event.objects.get(table_name="risk_riskrating", pk_text=str(rating.pk))
    assert (event.action, event.reason) == ("risk.risk.rated", REASON)


def test_a_closed_risk_keeps_its_reason_and_takes_no_rating():
    risk = RiskFactory()
    close_risk(actor=risk.owner, risk_id=risk.pk, reason="Business line was sold")

    with pytest.raises(ValidationError, match="is closed"):
        rate(risk)

    risk.refresh_from_db()
    assert (risk.status, risk.closing_reason) == ("closed", "Business line was sold")


def test_a_closed_risk_can_be_opened_again():
    risk = RiskFactory(status="closed", closing_reason="Sold")

    reopen_risk(actor=risk.owner, risk_id=risk.pk, reason="The sale was called off")

    risk.refresh_from_db()
    assert (risk.status, risk.closing_reason) == ("open", "")


def test_a_review_moves_the_next_one():
    risk, ahead = RiskFactory(review_on=date(2026, 1, 1)), timezone.localdate() + timedelta(days=90)

    review_risk(actor=risk.owner, risk_id=risk.pk, conclusion="Nothing has changed", next_on=ahead, at=timezone.now())

    risk.refresh_from_db()
    assert (risk.review_on, risk.reviews.get().next_on) == (ahead, ahead)


def test_a_next_review_in_the_past_is_refused():
    risk = RiskFactory()

    with pytest.raises(ValidationError, match="lies ahead"):
        review_risk(
            actor=risk.owner,
            risk_id=risk.pk,
            conclusion="Nothing has changed",
            next_on=timezone.localdate(),
            at=timezone.now(),
        )


def test_owners_hear_of_a_due_review_once_for_each_due_date():
    day = date(2026, 6, 30)
    due, overdue = RiskFactory(review_on=day), RiskFactory(review_on=day - timedelta(days=9))
    RiskFactory(review_on=day + timedelta(days=1))
    RiskFactory(review_on=day, status="closed", closing_reason="Sold")
    RiskFactory(review_on=day, owner=None)

    assert remind_of_reviews(business_date=day) == 2
    assert remind_of_reviews(business_date=day + timedelta(days=0)) == 0
    Risk.objects.filter(pk=due.pk).update(review_on=day - timedelta(days=1))
    assert remind_of_reviews(business_date=day) == 1

    assert set(Notification.objects.values_list("user", flat=True)) == {due.owner_id, overdue.owner_id}


# Pages


def test_the_register_costs_the_same_queries_for_any_length(client, officer, django_assert_max_num_queries):
    counts = []
    for rows in (1, 3):
        RiskFactory.create_batch(rows - Risk.objects.count(), rated=(3, 3), line=BusinessLine.objects.first())
        client.get(reverse("risk:risk_list"))
        with django_assert_max_num_queries(40) as queries:
            response = client.get(reverse("risk:risk_list"), headers={"HX-Request": "true", "HX-Target": "rows"})
        counts.append(len(queries))
        assert response.content.count(b"<tr data-href") == rows

    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=twice", {"a"}),
        ("risk_class=legal", {"b"}),
        ("line=fund", {"c"}),
        ("status=closed", {"d"}),
        ("overdue=true", {"b"}),
        ("level=critical", {"a"}),
        ("rating=inherent&likelihood=2&impact=2", {"c"}),
        ("likelihood=4&impact=5", {"a"}),
        ("outdated=true", set()),
    ],
)
def test_the_register_is_filtered_by_its_address(client, officer, query, found):
    made = {
        "a": RiskFactory(title="Payout file is released twice", rated=(4, 5)),
        "b": RiskFactory(risk_class="legal", review_on=timezone.localdate() - timedelta(days=1)),
        "c": RiskFactory(line=BusinessLine.objects.get(code="fund"), rated=(2, 2)),
        "d": RiskFactory(status="closed", closing_reason="Sold"),
    }

    page = client.get(f"{reverse('risk:risk_list')}?{query}").content.decode()

    assert {name for name, risk in made.items() if f"/risk/register/{risk.reference}/" in page} == found


def test_the_heat_map_counts_open_risks_and_opens_them(client, officer):
    RiskFactory.create_batch(2, rated=(4, 3))
    RiskFactory(rated=(4, 3), status="closed", closing_reason="Sold")

    page = client.get(reverse("risk:heat_map")).content.decode()

    assert 'aria-label="2 risks: Likely × Moderate, score 12, High"' in page
    link = "status=open&amp;rating=residual&amp;likelihood=4&amp;impact=3&amp;outdated=false"
    assert link in page
    opened = client.get(f"{reverse('risk:risk_list')}?{link.replace('&amp;', '&')}").content
    assert opened.count(b"<tr data-href") == 2


def test_the_heat_map_costs_the_same_queries_for_any_number_of_risks(client, officer, django_assert_max_num_queries):
    counts = []
    for rows in (1, 3):
        RiskFactory.create_batch(rows - Risk.objects.count(), rated=(rows, 3))
        client.get(reverse("risk:heat_map"))
        with django_assert_max_num_queries(40) as queries:
            client.get(reverse("risk:heat_map"))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_risks_rated_under_another_matrix_stand_apart(client, officer, second_matrix):
    risk = RiskFactory(rated=(4, 3))
    RiskFactory()

    page = client.get(reverse("risk:heat_map")).content.decode()

    assert "1 risk is rated under version 1" in page
    assert "1 open risk has no rating of this kind yet" in page
    assert "0 open risks by likelihood and impact, matrix v2" in page
    listed = client.get(f"{reverse('risk:risk_list')}?status=open&rating=residual&outdated=true").content.decode()
    assert risk.reference in listed
    assert listed.count("<tr data-href") == 1


def test_the_heat_map_is_filtered_by_class_and_line(client, officer):
    RiskFactory(rated=(4, 3))
    RiskFactory(rated=(4, 3), risk_class="legal", line=BusinessLine.objects.get(code="fund"))

    page = client.get(f"{reverse('risk:heat_map')}?risk_class=legal&line=fund&rating=inherent").content.decode()

    assert "1 risk: Likely × Moderate" in page
    assert "risk_class=legal&amp;line=fund" in page


def test_recording_rating_and_reviewing_on_the_pages(client, officer):
    ahead = timezone.localdate() + timedelta(days=30)
    created = client.post(
        reverse("risk:risk_create"),
        {
            "title": "Claims are settled late",
            "risk_class": "operational",
            "line": "insurance",
            "owner": officer.pk,
            "review_on": ahead.isoformat(),
        },
    )
    risk = Risk.objects.get()
    for kind in ("inherent", "residual"):
        client.post(reverse("risk:risk_rate", args=[risk.reference]), {"kind": kind, "place": "3x4", "reason": REASON})
    client.post(
        reverse("risk:risk_review", args=[risk.reference]),
        {"conclusion": "Staffing is back to plan", "next_on": ahead.isoformat()},
    )

    risk.refresh_from_db()
    assert created.url == reverse("risk:risk_detail", args=[risk.reference])
    assert (risk.residual.score, risk.line_id, risk.reviews.count()) == (12, "insurance", 1)
    page = client.get(created.url).content.decode()
    assert REASON in page
    assert "Staffing is back to plan" in page


def test_rating_without_a_place_says_so_and_keeps_the_reason(client, officer):
    risk = RiskFactory()

    response = client.post(reverse("risk:risk_rate", args=[risk.reference]), {"kind": "inherent", "reason": REASON})

    assert response.status_code == 422
    assert "Choose a place in the matrix." in response.content.decode()
    assert REASON in response.content.decode()


def test_editing_closing_and_reopening_on_the_pages(client, officer):
    risk = RiskFactory()
    page = lambda name: reverse(f"risk:risk_{name}", args=[risk.reference])  # noqa: E731

    client.post(page("edit"), {"title": "A better title", "risk_class": "market"})
    client.post(page("close"), {"reason": "The product was withdrawn"})
    risk.refresh_from_db()
    assert (risk.title, risk.risk_class, risk.status) == ("A better title", "market", "closed")
    assert "open it again first" in client.get(page("detail")).content.decode()

    client.post(page("reopen"), {"reason": "The product came back"})
    risk.refresh_from_db()
    assert risk.status == "open"


@pytest.mark.parametrize("name", ["list", "create", "detail", "edit", "rate", "review", "close", "reopen"])
def test_a_marketer_has_no_register(client, name):
    client.force_login(UserFactory(role="marketing"))
    args = [] if name in ("list", "create") else [RiskFactory().reference]

    assert client.get(reverse(f"risk:risk_{name}", args=args)).status_code == 403


@pytest.mark.parametrize("name", ["create", "edit", "rate", "review", "close", "reopen"])
def test_management_reads_and_does_not_write(client, name):
    client.force_login(UserFactory(role="management"))
    risk = RiskFactory()

    assert (
        client.get(reverse(f"risk:risk_{name}", args=[] if name == "create" else [risk.reference])).status_code == 403
    )
    assert (
        "Your role does not allow this."
        in client.get(reverse("risk:risk_detail", args=[risk.reference])).content.decode()
    )


@pytest.mark.parametrize("name", ["detail", "edit", "rate", "review", "close", "reopen"])
def test_a_risk_of_another_line_is_not_there(client, name):
    client.force_login(UserFactory(role="risk", business_lines=["p2p"]))
    other = RiskFactory(line=BusinessLine.objects.get(code="fund"), rated=(4, 3))
    RiskFactory(rated=(4, 3))

    assert client.get(reverse(f"risk:risk_{name}", args=[other.reference])).status_code == 404
    assert other.reference not in client.get(reverse("risk:risk_list")).content.decode()
    assert "1 risk: Likely × Moderate" in client.get(reverse("risk:heat_map")).content.decode()


# API


def test_the_api_records_rates_reviews_and_closes(client, officer):
    post = lambda path, **body: client.post(f"/api/v1/risks/{path}", body, content_type="application/json")  # noqa: E731
    made = post("", title="Claims are settled late", risk_class="operational", line="insurance")
    reference = made.json()["reference"]

    assert made.status_code == 201
    assert post(f"{reference}/rate/", kind="inherent", likelihood=3, impact=4, reason=REASON).json()["score"] == 12
    assert post(f"{reference}/review/", conclusion="Nothing has changed", next_on="2099-01-01").status_code == 200
    assert post(f"{reference}/close/", reason="The product was withdrawn").json()["status"] == "closed"
    assert post(f"{reference}/rate/", kind="inherent", likelihood=3, impact=4, reason=REASON).status_code == 400
    assert post(f"{reference}/reopen/", reason="The product came back").json()["status"] == "open"
    assert client.get("/api/v1/risks/").json()["results"][0]["inherent"]["level"] == "high"
    assert client.get("/api/v1/ratings/").json()["results"][0]["risk"] == reference
    assert RiskRating.objects.count() == 1


@pytest.mark.parametrize("path", ["risks", "ratings", "indicators", "readings", "alerts", "loan-grades"])
def test_the_api_is_closed_to_marketing_and_open_to_management(client, path):
    client.force_login(UserFactory(role="marketing"))
    assert client.get(f"/api/v1/{path}/").status_code == 403

    client.force_login(UserFactory(role="management"))
    assert client.get(f"/api/v1/{path}/").status_code == 200


def test_the_api_does_not_show_another_lines_risk_or_its_ratings(client):
    client.force_login(UserFactory(role="risk", business_lines=["p2p"]))
    other = RiskFactory(line=BusinessLine.objects.get(code="fund"), rated=(4, 3))

    assert client.get(f"/api/v1/risks/{other.reference}/").status_code == 404
    assert client.get("/api/v1/ratings/").json()["results"] == []


def test_the_palette_finds_a_risk_by_number_and_title_within_scope(officer):
    from staff.palette import search

    risk = RiskFactory(title="Payout file is released twice")

    assert [hit.detail for hit in search(officer, "released")] == [risk.reference]
    assert [hit.detail for hit in search(officer, risk.reference.lower())][:1] == [risk.reference]
    assert search(UserFactory(role="marketing"), "released") == []
