"""The three lines: which department belongs where, who that is today, and where lines cross."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from governance.models import Defence, LineAssignment
from governance.services.lines import crossings, lines_of, propose_assignment, three_lines
from tests.factories import UserFactory
from tests.factories.changes import agreed
from tests.factories.governance import LineAssignmentFactory, a_department
from tests.factories.response import ControlTestFactory
from tests.factories.risk import RiskFactory
from tests.factories.staff import TeamFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now
TODAY = timezone.localdate


def asked_for(actor, department="role:service", defence=1, day=None):
    return propose_assignment(
        actor=actor,
        department=department,
        defence=defence,
        from_on=day or TODAY(),
        reason="As the board agreed.",
        at=NOW(),
    )


def kinds(reader):
    return [(one.kind, one.person, one.record) for one in crossings(reader=reader, at=TODAY())]


def test_a_department_has_a_line_from_its_day_once_somebody_else_has_agreed():
    risk, desk = UserFactory(role="risk"), UserFactory(role="service")
    day = TODAY() + timedelta(days=3)

    assert agreed(asked_for(risk, day=day), UserFactory(role="management")).state == "executed"

    assert lines_of(desk.pk, TODAY()) == []
    assert lines_of(desk.pk, day) == [Defence.FIRST]
    assert lines_of(risk.pk, day) == []


def test_a_line_is_not_changed_backwards_nor_to_itself():
    LineAssignmentFactory()
    risk = UserFactory(role="risk")

    with pytest.raises(ValidationError, match="today or later"):
        asked_for(risk, day=TODAY() - timedelta(days=1))
    with pytest.raises(ValidationError, match="stands there already"):
        asked_for(risk, "role:risk", 2)
    with pytest.raises(ValidationError, match="no department"):
        asked_for(risk, "role:<b>")
    with pytest.raises(ValidationError, match="not a valid choice"):
        asked_for(risk, defence=7)


def test_no_sql_writes_a_line_without_approval_or_changes_one():
    kept, department = LineAssignmentFactory(), a_department("service")

    with pytest.raises(DatabaseError, match="approved change request"), transaction.atomic():
        LineAssignment.objects.create(department=department, defence=1, from_on=TODAY())
    with pytest.raises(DatabaseError, match="stay as they were"), transaction.atomic():
        LineAssignment.objects.filter(pk=kept.pk).update(defence=3)
    with pytest.raises(DatabaseError, match="stay as they were"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE governance_department SET role = 'service' WHERE id = %s", [kept.department_id])


def test_whoever_holds_roles_of_two_lines_is_a_crossing():
    LineAssignmentFactory()
    LineAssignmentFactory(department=a_department("service"), defence=Defence.FIRST)
    both = UserFactory(roles=["risk", "service"])
    UserFactory(role="service"), UserFactory(roles=["risk", "service"], is_active=False)

    assert kinds(UserFactory(role="management")) == [("two_lines", both, "")]


def test_the_newest_line_that_has_begun_counts():
    LineAssignmentFactory()
    LineAssignmentFactory(department=a_department("service"), defence=Defence.FIRST)
    LineAssignmentFactory(department=a_department("service"), defence=Defence.NONE, from_on=TODAY())
    UserFactory(roles=["risk", "service"])

    assert kinds(UserFactory(role="management")) == []


def test_members_of_a_team_belong_to_its_line():
    team = TeamFactory(members=[UserFactory(role="service", full_name="李四")])
    risk = UserFactory(role="risk")
    agreed(asked_for(risk, f"team:{team.pk}", 2), UserFactory(role="management"))

    second = three_lines(reader=risk, at=TODAY())[1]

    assert [str(member.person) for member in second.members] == ["李四"]


def test_the_third_line_owns_nothing_and_the_second_does_not_test_its_own():
    LineAssignmentFactory()
    LineAssignmentFactory(department=a_department("internal_audit"), defence=Defence.THIRD)
    auditor, risk = UserFactory(role="internal_audit"), UserFactory(role="risk")
    owned = RiskFactory(owner=auditor, title="资金挪用")
    tested = ControlTestFactory(tester=risk)
    tested.control.owner = risk  # handed over after the test
    tested.control.save(update_fields=["owner"])

    assert kinds(risk) == [
        ("tests_own", risk, tested.control.name),
        ("third_owns", auditor, owned.title),
    ]


def test_a_crossing_over_a_record_is_not_told_to_whom_may_not_see_it():
    LineAssignmentFactory(department=a_department("internal_audit"), defence=Defence.THIRD)
    RiskFactory(owner=UserFactory(role="internal_audit"), line_id="p2p")

    assert kinds(UserFactory(role="risk", business_lines=["wealth"])) == []


def test_the_page_costs_the_same_for_any_number_of_people(client):
    LineAssignmentFactory()
    LineAssignmentFactory(department=a_department("service"), defence=Defence.FIRST)
    reader = UserFactory(role="risk")
    client.force_login(reader)
    page = reverse("governance:line_list")
    costs = []
    for _round in range(2):
        both = UserFactory(roles=["risk", "service"], full_name="<b>Both</b>")
        RiskFactory(owner=both)
        client.get(page)
        with CaptureQueriesContext(connection) as caught:
            body = client.get(page).content.decode()
        costs.append(len(caught))

    assert costs[0] == costs[1]
    assert "&lt;b&gt;Both&lt;/b&gt;" in body
    assert "belongs to more than one line" in body


def test_the_desk_does_not_see_the_lines(client):
    client.force_login(UserFactory(role="service"))

    assert client.get(reverse("governance:line_list")).status_code == 403


def test_the_page_and_rest_ask_for_approval(client):
    client.force_login(UserFactory(role="risk"))
    words = {
        "department": "role:service",
        "defence": 1,
        "from_on": TODAY().isoformat(),
        "reason": "As the board agreed.",
    }

    assert client.post(reverse("governance:line_assign"), words).status_code == 302
    body = client.get(reverse("governance:line_list")).content.decode()
    assert "waits for approval" in body
    asked = client.post(
        "/api/v1/line-assignments/", words | {"department": "role:product"}, content_type="application/json"
    )
    assert asked.status_code == 202
    refused = client.post(
        "/api/v1/line-assignments/", words | {"department": "role:x"}, content_type="application/json"
    )
    assert refused.status_code == 400
    assert "name a role or a team" in refused.content.decode()


def test_rest_tells_crossings(client):
    LineAssignmentFactory()
    LineAssignmentFactory(department=a_department("service"), defence=Defence.FIRST)
    both = UserFactory(roles=["risk", "service"])
    client.force_login(UserFactory(role="internal_audit"))

    (crossing,) = client.get("/api/v1/line-assignments/crossings/").json()

    assert (crossing["kind"], crossing["person"]) == ("two_lines", str(both))
