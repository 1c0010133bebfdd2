"""Duties by department: who does what, from when, and who agreed."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from governance.models import DutyArea, DutyCell, DutyMatrix, Part
from governance.rules.duties import gaps_of
from governance.services.duties import (
    change_area,
    draft_matrix,
    fill_matrix,
    gaps_in,
    propose_matrix,
    record_area,
    steps_of,
    write_matrix,
)
from products.models import BusinessLine
from staff.list_exports import rows_of_list
from staff.models import ChangeRequest
from tests.factories import UserFactory
from tests.factories.changes import agreed
from tests.factories.governance import BEGAN, DutyAreaFactory, DutyMatrixFactory
from tests.factories.maps import a_map
from tests.factories.risk import RiskFactory
from tests.factories.staff import TeamFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now
TODAY = timezone.localdate


def written(area, activities=("Approve",), departments=("role:risk", "role:service"), actor=None):
    return draft_matrix(
        actor=actor or area.owner, area_id=area.pk, activities=activities, departments=departments,
        summary="Shares it out anew.", at=NOW(),
    )  # fmt: skip


def filled(matrix, *rows):
    """Parts row by row, in the order of activities and of departments."""
    duties, departments = list(matrix.duties.all()), list(matrix.departments.order_by("pk"))
    parts = {
        (duty.pk, department.pk): part
        for duty, row in zip(duties, rows, strict=True)
        for department, part in zip(departments, row, strict=True)
    }
    return fill_matrix(actor=matrix.written_by, matrix_id=matrix.pk, parts=parts, at=NOW())


def asked_for(matrix, day=None):
    return propose_matrix(
        actor=matrix.written_by,
        matrix_id=matrix.pk,
        effective_from=day or TODAY(),
        reason="The board said so.",
        at=NOW(),
    )


@pytest.mark.parametrize(("parts", "kinds"), [
    (["A", "R"], []),
    (["AR"], []),
    (["AR", "R", "C", "I"], []),
    (["R", "C"], ["unaccountable"]),
    (["A", "AR"], ["twice_accountable"]),
    (["A", "I"], ["irresponsible"]),
    ([], ["unaccountable", "irresponsible"]),
])  # fmt: skip
def test_an_activity_has_one_accountable_and_somebody_responsible(parts, kinds):
    assert [gap.kind for gap in gaps_of({"Approve": parts})] == kinds


@given(st.lists(st.sampled_from(Part.values), max_size=8))
def test_nothing_is_wanting_just_where_one_answers_and_somebody_does(parts):
    answers, does = sum("A" in part for part in parts), any("R" in part for part in parts)

    assert (gaps_of({"x": parts}) == []) == (answers == 1 and does)


def test_a_matrix_is_in_force_from_its_day_once_somebody_else_has_agreed():
    matrix = filled(written(DutyAreaFactory()), ["AR", "C"])
    day = TODAY() + timedelta(days=5)
    request = asked_for(matrix, day)
    assert DutyMatrix.objects.get().is_draft

    assert agreed(request, UserFactory(role="management")).state == "executed"

    assert list(DutyMatrix.objects.in_force(TODAY())) == []
    assert list(DutyMatrix.objects.in_force(day)) == [matrix]


def test_who_wrote_a_matrix_does_not_put_it_in_force():
    matrix = filled(written(DutyAreaFactory()), ["AR", "C"])

    with pytest.raises((PermissionDenied, ValidationError)):
        agreed(asked_for(matrix), matrix.written_by)


@pytest.mark.parametrize(("row", "why"), [
    (["R", "C"], "nobody is accountable"),
    (["A", "AR"], "several departments are accountable"),
    (["A", "I"], "nobody is responsible"),
])  # fmt: skip
def test_a_matrix_with_a_gap_is_kept_as_a_draft_and_not_proposed(row, why):
    matrix = filled(written(DutyAreaFactory(), ["审批额度"]), row)

    with pytest.raises(ValidationError, match=f"审批额度: {why}"):
        asked_for(matrix)
    assert [gap.activity for gap in gaps_in(matrix)] == ["审批额度"]


def test_a_draft_that_waits_is_not_written_on_and_one_changed_past_the_page_is_stale():
    matrix = filled(written(DutyAreaFactory()), ["AR", "C"])
    request = asked_for(matrix)
    with pytest.raises(ValidationError, match="withdraw the request"):
        filled(matrix, ["C", "AR"])

    DutyCell.objects.filter(duty__matrix=matrix, part="C").update(part="I")

    assert agreed(request, UserFactory(role="management")).state == "stale"


def test_the_next_version_keeps_the_parts_that_stay_and_the_last_one_stays_whole():
    first = DutyMatrixFactory(begins=BEGAN)

    second = written(first.area, ["Approve the limit", "Watch it"], ["role:risk", "role:service"])

    kept = DutyCell.objects.filter(duty__matrix=second).values_list("duty__activity", "department__role", "part")
    assert list(kept) == [("Approve the limit", "risk", "AR")]
    assert second.number == 2
    assert list(first.duties.values_list("activity", flat=True)) == ["Approve the limit"]


def test_a_matrix_does_not_begin_in_the_past_nor_before_another():
    area = DutyMatrixFactory(begins=TODAY() + timedelta(days=9)).area
    matrix = filled(written(area), ["AR", "C"])

    with pytest.raises(ValidationError, match="today or later"):
        asked_for(matrix, TODAY() - timedelta(days=1))
    with pytest.raises(ValidationError, match="begins on that day or later"):
        asked_for(matrix, TODAY() + timedelta(days=9))


@pytest.mark.parametrize(("activities", "departments", "why"), [
    ([], ["role:risk"], "from 1 to 100 activities"),
    (["  ", "\n"], ["role:risk"], "from 1 to 100 activities"),
    (["x" * 201], ["role:risk"], "Longer than 200"),
    (["Approve", " Approve "], ["role:risk"], "Twice in the list"),
    (["Approve"], [], "from 1 to 20 departments"),
    (["Approve"], ["role:emperor"], "no department role:emperor"),
    (["Approve"], ["team:999999"], "no department team:999999"),
    (["Approve"], ["team:1' OR '1'='1"], "no department"),
])  # fmt: skip
def test_what_cannot_be_a_matrix_is_refused_with_a_sentence(activities, departments, why):
    with pytest.raises(ValidationError, match=why):
        written(DutyAreaFactory(), activities, departments)
    assert not DutyMatrix.objects.exists()


def test_parts_of_other_matrices_and_letters_that_are_none_are_refused():
    matrix, other = written(DutyAreaFactory()), DutyMatrixFactory()
    department = matrix.departments.first()

    with pytest.raises(ValidationError, match="R, A, AR, C or I"):
        filled(matrix, ["X", ""])
    with pytest.raises(ValidationError, match="open it again"):
        fill_matrix(
            actor=matrix.written_by, matrix_id=matrix.pk, parts={(other.duties.get().pk, department.pk): "R"}, at=NOW()
        )


def test_an_area_stays_within_ones_lines_and_is_not_called_like_a_page():
    line = BusinessLine.objects.get(code="p2p")
    elsewhere = UserFactory(role="risk", business_lines=["wealth"])

    with pytest.raises(ValidationError, match="outside your scope"):
        record_area(actor=elsewhere, code="x", name="X", owner=elsewhere, line=line)
    with pytest.raises(ValidationError, match="names a page"):
        record_area(actor=elsewhere, code="new", name="X", owner=elsewhere, line_id="wealth")
    with pytest.raises(ValidationError, match="outside your scope"):
        written(DutyAreaFactory(line=line), actor=elsewhere)


def test_changing_an_area_keeps_the_risks_that_one_does_not_see():
    theirs, mine = RiskFactory(line_id="p2p"), RiskFactory(line_id="wealth")
    area = DutyAreaFactory()
    area.risks.add(theirs)

    change_area(actor=UserFactory(role="risk", business_lines=["wealth"]), area_id=area.pk, risks=[mine], name="额度")

    area.refresh_from_db()
    assert (area.name, set(area.risks.all())) == ("额度", {theirs, mine})


def test_the_steps_of_a_process_are_the_activities_to_begin_with():
    assert steps_of(None) == []
    assert steps_of(a_map()) != []


@pytest.mark.parametrize("statement", [
    "UPDATE governance_dutymatrix SET summary = 'x' WHERE id = %(matrix)s",
    "UPDATE governance_dutymatrix SET effective_from = NULL WHERE id = %(matrix)s",
    "DELETE FROM governance_dutymatrix WHERE id = %(matrix)s",
    "UPDATE governance_duty SET activity = 'x' WHERE matrix_id = %(matrix)s",
    "DELETE FROM governance_dutycell WHERE duty_id IN (SELECT id FROM governance_duty WHERE matrix_id = %(matrix)s)",
    "UPDATE governance_dutycell SET part = 'I' WHERE duty_id IN (SELECT id FROM governance_duty WHERE matrix_id = %(matrix)s)",
    "DELETE FROM governance_dutymatrix_departments WHERE dutymatrix_id = %(matrix)s",
    "INSERT INTO governance_duty (matrix_id, position, activity) VALUES (%(matrix)s, 9, 'Slipped in')",
])  # fmt: skip
def test_no_sql_changes_a_matrix_in_force(statement):
    matrix = DutyMatrixFactory(begins=BEGAN)

    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, {"matrix": matrix.pk})


def test_no_sql_gives_a_draft_its_day_nor_a_day_to_a_matrix_with_gaps():
    draft = DutyMatrixFactory()
    with pytest.raises(DatabaseError, match="approved change request"), transaction.atomic():
        DutyMatrix.objects.filter(pk=draft.pk).update(effective_from=TODAY())

    DutyCell.objects.filter(duty__matrix=draft).update(part="R")

    with pytest.raises(DatabaseError, match="one accountable"), transaction.atomic():
        DutyMatrix.objects.filter(pk=draft.pk).update(effective_from=TODAY())


def test_the_page_shows_who_answered_on_a_day(client):
    first = DutyMatrixFactory(begins=BEGAN)
    DutyMatrixFactory(area=first.area, begins=date(2026, 3, 1))
    client.force_login(UserFactory(role="service"))
    page = reverse("governance:area_detail", args=[first.area.code])

    assert client.get(page).context["shown"].number == 2
    assert client.get(page, {"on": "2026-02-01"}).context["shown"].number == 1
    assert client.get(page, {"on": "2025-02-01"}).context["shown"] is None
    assert client.get(page, {"version": "1"}).context["shown"].number == 1
    assert client.get(page, {"on": "2026-99-99", "version": "x"}).context["shown"].number == 2


def test_drafts_are_for_those_who_write_or_approve(client):
    draft = DutyMatrixFactory()
    page = reverse("governance:area_detail", args=[draft.area.code])
    client.force_login(UserFactory(role="service"))
    assert client.get(page).context["shown"] is None

    client.force_login(UserFactory(role="management"))
    assert client.get(page).context["shown"] == draft


def test_the_pages_write_share_out_and_ask_for_approval(client):
    owner = UserFactory(role="risk")
    client.force_login(owner)
    team = TeamFactory(name="催收<script>")
    form = {"code": "lending", "name": "Lending", "owner": owner.pk}
    answer = client.post(reverse("governance:area_create"), form)
    write = reverse("governance:matrix_write", args=["lending"])
    assert answer.url == write

    words = {
        "activities": "审批\nPay out",
        "departments": ["role:risk", f"team:{team.pk}"],
        "summary": "The first one of it.",
    }
    fill = client.post(write, words).url
    assert "催收&lt;script&gt;" in client.get(fill).content.decode()
    matrix = DutyMatrix.objects.get()
    risk, collectors = matrix.departments.order_by("team")
    duties = list(matrix.duties.all())
    parts = {f"part-{duty.pk}-{one.pk}": part for duty in duties for one, part in ((risk, "AR"), (collectors, "I"))}
    assert client.post(fill, parts).status_code == 302
    propose = reverse("governance:matrix_propose", args=["lending"])
    client.post(propose, {"effective_from": TODAY().isoformat(), "reason": "Agreed by the board."})

    request = ChangeRequest.objects.get(command="governance.duties.in_force")
    body = client.get(reverse("staff:change_detail", args=[request.pk])).content.decode()
    assert "审批" in body
    assert "waits for approval" in client.get(reverse("governance:area_detail", args=["lending"])).content.decode()


def test_a_form_with_a_part_that_is_none_is_refused(client):
    draft = DutyMatrixFactory()
    client.force_login(draft.area.owner)
    duty, department = draft.duties.get(), draft.departments.get()

    answer = client.post(
        reverse("governance:matrix_fill", args=[draft.area.code]), {f"part-{duty.pk}-{department.pk}": "Z"}
    )

    assert answer.status_code == 422


def test_a_department_without_people_is_said(client):
    area = written(DutyAreaFactory(), ["Approve"], [f"team:{TeamFactory(name='Empty desk').pk}"]).area
    client.force_login(area.owner)

    body = client.get(reverse("governance:area_detail", args=[area.code])).content.decode()

    assert "Empty desk: nobody belongs to it today." in body


@pytest.mark.parametrize("name", ["governance:area_detail", "governance:matrix_table", "governance:duty_list"])
def test_a_page_costs_the_same_for_any_matrix(client, name):
    small, large = DutyMatrixFactory(begins=BEGAN), DutyMatrixFactory()
    large = filled(
        written(large.area, [f"Activity {n}" for n in range(12)], ["role:risk", "role:service", "role:compliance"]),
        *[["AR", "C", "I"]] * 12,
    )
    client.force_login(UserFactory(role="risk"))

    def cost(area):
        page = reverse(name, args=[] if name.endswith("duty_list") else [area.code])
        client.get(page)
        with CaptureQueriesContext(connection) as caught:
            assert client.get(page).status_code == 200
        return len(caught)

    assert cost(large.area) <= cost(small.area) + 1


def test_a_matrix_is_taken_out_with_a_column_for_each_department():
    matrix = DutyMatrixFactory(begins=BEGAN)
    path = reverse("governance:matrix_table", args=[matrix.area.code])

    export = rows_of_list(UserFactory(role="risk"), {"path": path, "query": "version=1", "format": "csv"})

    assert [list(map(str, row)) for row in export.rows] == [["1", "Approve the limit", "AR"]]
    assert len(export.columns) == 3


def test_the_page_of_a_risk_says_who_answers_for_it(client):
    matrix, risk = DutyMatrixFactory(begins=BEGAN), RiskFactory()
    matrix.area.risks.add(risk)
    client.force_login(UserFactory(role="risk"))

    body = client.get(f"/risk/register/{risk.reference}/").content.decode()

    assert "Who answers for it" in body
    assert "Approve the limit" in body


def test_rest_writes_and_proposes_and_reads(client):
    area = DutyAreaFactory()
    client.force_login(area.owner)
    root = f"/api/v1/duty-areas/{area.code}/"
    body = {"summary": "Written by a program.", "activities": [
        {"activity": "审批", "parts": {"role:risk": "A", "role:service": "R"}},
    ]}  # fmt: skip

    assert client.post(f"{root}draft/", body, content_type="application/json").status_code == 200
    asked = client.post(
        f"{root}put-in-force/", {"effective_from": TODAY().isoformat(), "reason": "Agreed by the board."},
        content_type="application/json",
    )  # fmt: skip
    assert asked.status_code == 202
    agreed(ChangeRequest.objects.get(), UserFactory(role="management"))

    assert client.get(root).json()["version"] == 1
    (matrix,) = client.get(f"{root}matrices/").json()
    assert matrix["activities"] == [{"activity": "审批", "parts": {"role:risk": "A", "role:service": "R"}}]


@pytest.mark.parametrize("activities", [
    [], [{"activity": "x", "parts": {"role:nobody": "A"}}], [{"activity": "x", "parts": {"role:risk": "Z"}}],
    [{"activity": "x", "parts": {}}], "x", [{"activity": "\u0000", "parts": {"role:risk": "A"}}],
])  # fmt: skip
def test_rest_refuses_with_a_sentence(client, activities):
    area = DutyAreaFactory()
    client.force_login(area.owner)

    answer = client.post(
        f"/api/v1/duty-areas/{area.code}/draft/", {"summary": "Written by a program.", "activities": activities},
        content_type="application/json",
    )  # fmt: skip

    assert answer.status_code == 400
    assert not DutyMatrix.objects.exists()


def test_rest_does_not_propose_without_a_draft(client):
    area = DutyAreaFactory()
    client.force_login(area.owner)

    answer = client.post(
        f"/api/v1/duty-areas/{area.code}/put-in-force/",
        {"effective_from": TODAY().isoformat(), "reason": "Agreed by the board."},
        content_type="application/json",
    )

    assert answer.status_code == 400
    assert "There is no draft" in answer.content.decode()


def test_write_matrix_is_whole_or_nothing():
    area = DutyAreaFactory()

    with pytest.raises(ValidationError):
        write_matrix(
            actor=area.owner, area_id=area.pk, summary="Written whole.", at=NOW(),
            activities=[{"activity": "x", "parts": {"role:risk": "Q"}}],
        )  # fmt: skip

    assert not DutyMatrix.objects.exists()
    assert DutyArea.objects.count() == 1
