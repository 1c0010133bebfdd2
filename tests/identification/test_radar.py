from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from identification.models import EmergingReading, EmergingRisk
from identification.radar_drawing import draw_radar
from identification.services.radar import (
    became_risk,
    change_emerging_risk,
    drop_emerging_risk,
    look_at_emerging_risk,
    remind_of_looks,
    tend_radar,
    watch_emerging_risk,
)
from risk.models import Risk, RiskProposal
from risk.services.proposals import accept_proposal
from staff.models import Notification
from tests.factories import UserFactory
from tests.factories.identification import EmergingRiskFactory, ReadingOfEmergingFactory
from tests.factories.risk import RiskFactory

pytestmark = pytest.mark.django_db
LOOK = {
    "horizon": "year", "likelihood": 3, "severity": 4, "velocity": "months", "trend": "rising", "reason": "More of it is seen.",
}  # fmt: skip
WORDS = "Nothing came of it in two years."


def on(year, month, day, hour=4):
    """A moment of a day in Shanghai and in UTC alike."""
    return datetime(year, month, day, hour, tzinfo=timezone.get_fixed_timezone(0))


@pytest.fixture
def officer(db):
    return UserFactory(role="risk")


def watched(officer, **more):
    fields = {
        "name": "深度伪造的声音 <script>", "risk_class": "technology", "description": "Voices are copied.",
        "owner": officer, "next_look_on": date(2030, 1, 1), "at": timezone.now(), "look": LOOK, **more,
    }  # fmt: skip
    return watch_emerging_risk(actor=officer, **fields)


def test_something_is_put_on_the_radar_with_its_first_look(officer):
    emerging = watched(officer, jurisdictions=["EU", "CN", "EU"])

    assert emerging.reference.startswith("ER-")
    assert (emerging.latest.severity, emerging.jurisdictions) == (4, ["CN", "EU"])


@pytest.mark.parametrize(
    ("more", "names"),
    [
        ({"name": ""}, "name"),
        ({"risk_class": "weather"}, "risk_class"),
        ({"next_look_on": date(2020, 1, 1)}, "next_look_on"),
        ({"look": LOOK | {"severity": 6}}, "severity"),
        ({"look": LOOK | {"reason": "  "}}, "reason"),
        ({"look": LOOK | {"horizon": "never"}}, "horizon"),
    ],
)
def test_what_cannot_be_is_refused_by_name(officer, more, names):
    with pytest.raises(ValidationError) as refused, transaction.atomic():
        watched(officer, **more)

    assert names in refused.value.message_dict
    assert not EmergingRisk.objects.exists()


def test_nothing_is_put_on_the_radar_of_a_line_outside_the_scope():
    narrow = UserFactory(role="risk", business_lines=["payment"])

    with pytest.raises(ValidationError, match="outside your scope"):
        watched(narrow, line_id="wealth")


def test_a_look_is_added_and_the_one_before_stays(officer):
    emerging = watched(officer)

    look_at_emerging_risk(
        actor=officer,
        emerging_id=emerging.pk,
        next_look_on=date(2030, 6, 1),
        at=timezone.now(),
        **LOOK | {"severity": 5},
    )

    emerging.refresh_from_db()
    assert [look.severity for look in emerging.readings.all()] == [5, 4]
    assert (emerging.latest.severity, emerging.next_look_on) == (5, date(2030, 6, 1))


def test_nobody_looks_before_the_last_look(officer):
    emerging = watched(officer)

    with pytest.raises(ValidationError, match="has looked at it since"):
        look_at_emerging_risk(
            actor=officer, emerging_id=emerging.pk, next_look_on=date(2030, 6, 1), at=on(2020, 1, 1), **LOOK
        )


def test_a_look_never_changes_even_by_sql(officer):
    watched(officer)

    for statement in (
        "UPDATE identification_emergingreading SET severity = 1",
        "DELETE FROM identification_emergingreading",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_database_keeps_grades_and_ends(officer):
    emerging = watched(officer)

    for change in ({"state": "dropped"}, {"state": "risk", "ended_at": timezone.now(), "ending_reason": "It came."}):
        with pytest.raises(DatabaseError), transaction.atomic():
            EmergingRisk.objects.filter(pk=emerging.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReadingOfEmergingFactory(emerging=emerging, severity=9)


def test_what_was_dropped_takes_no_look_and_no_change(officer):
    emerging = watched(officer)
    with pytest.raises(ValidationError):
        drop_emerging_risk(actor=officer, emerging_id=emerging.pk, reason=" ", at=timezone.now())
    drop_emerging_risk(actor=officer, emerging_id=emerging.pk, reason=WORDS, at=timezone.now())

    with pytest.raises(ValidationError, match="Dropped"):
        change_emerging_risk(actor=officer, emerging_id=emerging.pk, changes={"name": "Other"}, at=timezone.now())
    with pytest.raises(ValidationError, match="Dropped"):
        drop_emerging_risk(actor=officer, emerging_id=emerging.pk, reason=WORDS, at=timezone.now())


def test_what_became_a_risk_names_it(officer):
    emerging, risk = watched(officer), RiskFactory()

    became_risk(actor=officer, emerging_id=emerging.pk, risk=risk, reason="It has happened twice.", at=timezone.now())

    emerging.refresh_from_db()
    assert (emerging.state, emerging.risk) == ("risk", risk)


def test_what_was_proposed_and_accepted_became_that_risk_the_night_after(client, officer):
    emerging = watched(officer, line_id="payment")
    client.force_login(officer)
    page = reverse("identification:emerging_propose", args=[emerging.reference])
    shown = client.get(page).content.decode()
    assert "Voices are copied." in shown
    assert "<script>" not in shown.split("<main")[1]
    client.post(
        page, {"title": "Copied voices", "risk_class": "technology", "line": "payment", "description": "Heard."}
    )
    assert tend_radar(business_date=timezone.localdate()) == 0

    proposal = RiskProposal.objects.get(source_key=f"radar:{emerging.pk}")
    risk = accept_proposal(actor=officer, proposal_id=proposal.pk, owner=officer, at=timezone.now())

    assert [tend_radar(business_date=timezone.localdate()) for _night in range(2)] == [1, 0]
    emerging.refresh_from_db()
    assert (emerging.state, emerging.risk) == ("risk", risk)
    assert (
        proposal.reference
        in client.get(reverse("identification:emerging_detail", args=[emerging.reference])).content.decode()
    )


def test_the_radar_of_a_past_day_is_drawn_from_the_looks_until_then(officer):
    emerging = EmergingRiskFactory(recorded_at=on(2026, 1, 10), look={"horizon": "beyond", "severity": 2})
    ReadingOfEmergingFactory(emerging=emerging, horizon="now", severity=5, at=on(2026, 5, 2))
    gone = EmergingRiskFactory(recorded_at=on(2026, 1, 10))
    drop_emerging_risk(actor=officer, emerging_id=gone.pk, reason=WORDS, at=on(2026, 4, 20))

    assert draw_radar(officer, date(2026, 1, 9)).drawn == []
    early = draw_radar(officer, date(2026, 2, 1))
    assert {(one.reading.horizon, *one.moves) for one in early.drawn} == {("beyond", "new"), ("three", "new")}
    late = draw_radar(officer, date(2026, 5, 31))
    assert [(one.emerging, one.reading.horizon, one.moves) for one in late.drawn] == [
        (emerging, "now", ["nearer", "graver"])
    ]
    assert draw_radar(officer, date(2026, 7, 1)).drawn[0].moves == []


def test_a_reader_of_one_line_sees_no_dot_of_another(officer):
    EmergingRiskFactory(line_id="wealth")
    narrow = UserFactory(role="risk", business_lines=["payment"])

    assert (len(draw_radar(officer, timezone.localdate()).drawn), draw_radar(narrow, timezone.localdate()).drawn) == (
        1,
        [],
    )


def test_owners_hear_of_an_overdue_look_once():
    emerging = EmergingRiskFactory(next_look_on=date(2026, 3, 1))
    EmergingRiskFactory(next_look_on=date(2026, 3, 3))

    told = [remind_of_looks(business_date=date(2026, 3, day)) for day in (1, 2, 2, 3)]

    assert told == [0, 1, 0, 0]
    assert Notification.objects.get(user=emerging.owner).url == f"/identification/emerging/{emerging.reference}/"


@pytest.mark.parametrize(
    "text", ["", "2026-02-30", "tomorrow", "9999-12-31", "0001-01-01", "１２", "' OR 1=1 --", "<b>"]
)
def test_the_radar_page_answers_every_day_it_is_asked_for(client, officer, text):
    watched(officer)
    client.force_login(officer)

    response = client.get(reverse("identification:radar"), {"on": text})

    assert response.status_code == 200
    assert b"<script>" not in response.content.split(b"<main")[1]
    assert (b"This is the radar of today" in response.content) == bool(text)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_ask_the_same_for_one_row_and_three(client, officer, django_assert_max_num_queries, rows):
    for _ in range(rows):
        watched(officer)
    client.force_login(officer)
    for page, most in (("radar", 9), ("emerging_list", 16)):
        client.get(reverse(f"identification:{page}"))
        with django_assert_max_num_queries(most):
            client.get(reverse(f"identification:{page}"))


def test_by_hand_from_the_form_to_the_page(client, officer):
    client.force_login(officer)
    fields = {
        "name": "深度伪造", "risk_class": "technology", "description": "Copied voices", "owner": officer.pk,
        "next_look_on": "2031-01-01", "jurisdictions": ["CN", "EU"], **LOOK,
    }  # fmt: skip

    made = client.post(reverse("identification:emerging_create"), fields)
    emerging = EmergingRisk.objects.get()
    assert made.url == reverse("identification:emerging_detail", args=[emerging.reference])
    edited = client.post(
        reverse("identification:emerging_edit", args=[emerging.reference]),
        fields | {"jurisdictions": [], "name": "Voices"},
    )
    looked = client.post(
        reverse("identification:emerging_look", args=[emerging.reference]),
        LOOK | {"trend": "falling", "next_look_on": "2031-06-01"},
    )

    emerging.refresh_from_db()
    assert (edited.status_code, looked.status_code) == (302, 302)
    assert (emerging.name, emerging.jurisdictions, emerging.latest.trend) == ("Voices", [], "falling")
    assert "深度伪造" not in client.get(made.url).content.decode()


def test_a_refused_form_says_why_beside_the_field(client, officer):
    client.force_login(officer)
    emerging = watched(officer)

    refused = client.post(
        reverse("identification:emerging_look", args=[emerging.reference]), LOOK | {"next_look_on": "2020-01-01"}
    )

    assert refused.status_code == 422
    assert b"The next look lies ahead" in refused.content


def test_a_marketer_sees_no_radar_and_a_manager_puts_nothing_on_it(client):
    client.force_login(UserFactory(role="marketing"))
    assert client.get(reverse("identification:radar")).status_code == 403
    client.force_login(UserFactory(role="management"))
    assert client.get(reverse("identification:emerging_create")).status_code == 403


def test_a_program_puts_on_the_radar_and_looks(client, officer):
    client.force_login(officer)
    body = {
        "name": "Voices", "risk_class": "technology", "description": "Copied voices", "owner": officer.pk,
        "next_look_on": "2031-01-01", "look": LOOK,
    }  # fmt: skip

    made = client.post("/api/v1/emerging-risks/", body, content_type="application/json")
    looked = client.post(
        f"/api/v1/emerging-risks/{made.json()['reference']}/look/",
        LOOK | {"severity": 5, "next_look_on": "2031-06-01"},
        content_type="application/json",
    )

    assert (made.status_code, looked.json()["latest"]["severity"]) == (201, 5)
    refused = client.post("/api/v1/emerging-risks/", body | {"look": {}}, content_type="application/json")
    assert refused.status_code == 400
    assert EmergingReading.objects.count() == 2


def test_a_look_of_years_ago_is_still_overdue(officer):
    EmergingRiskFactory(next_look_on=timezone.localdate() - timedelta(days=1))

    assert EmergingRisk.objects.overdue(timezone.localdate()).count() == 1
    assert Risk.objects.count() == 0
