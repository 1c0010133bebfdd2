"""Duties of departments: written as a draft matrix, in force by four eyes once nothing is wanting in it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from governance.models import Department, Duty, DutyArea, DutyCell, DutyMatrix, Part
from governance.rules.duties import Gap, gaps_of
from governance.services.departments import departments_of, people_of
from identification.models import ElementKind, MapElement, ProcessMap
from risk.models import Risk
from risk.services.scope import check_line
from staff.models import ChangeRequest, User
from staff.services.changes import propose

IN_FORCE = "governance.duties.in_force"
MOST_ACTIVITIES, MOST_DEPARTMENTS = 100, 20
RESERVED = frozenset({"all", "new"})  # addresses of pages
Cells = Mapping[tuple[int, int], str]  # (duty, department) to part, empty for none


@transaction.atomic
def record_area(*, actor: User, risks: Iterable[Risk] = (), **fields: Any) -> DutyArea:
    """Add an area without a matrix yet. Its line (None is the whole company) must be in the actor's scope."""
    area = DutyArea(**fields)
    check_line(actor, area.line_id)
    area.full_clean()
    if area.code in RESERVED:
        raise ValidationError({"code": _("%(code)s names a page: choose another code.") % {"code": area.code}})
    name_act("governance.duties.area_recorded")
    area.save()
    area.risks.set(risks)
    return area


@transaction.atomic
def change_area(*, actor: User, area_id: int, risks: Iterable[Risk], **fields: Any) -> DutyArea:
    """Change what an area is called, whose it is, and which process and risks it is about; its matrices stay."""
    area = DutyArea.objects.select_for_update(of=["self"]).get(pk=area_id)
    check_line(actor, area.line_id)
    for name, value in fields.items():
        setattr(area, name, value)
    check_line(actor, area.line_id)
    area.full_clean()
    name_act("governance.duties.area_changed")
    area.save(update_fields=list(fields))
    # Risks that the actor does not see stay.
    seen = set(Risk.objects.visible_to(actor).values_list("pk", flat=True))
    hidden = [risk for risk in area.risks.all() if risk.pk not in seen]
    area.risks.set([*risks, *hidden])
    return area


def steps_of(process: ProcessMap | None) -> list[str]:
    """Return the names of a process's steps, each once, in the order of the walk: the activities to begin with."""
    version = process and (process.in_force_id or process.current_id)
    if not version:
        return []
    steps = MapElement.objects.filter(version=version, kind=ElementKind.STEP).exclude(name="").order_by("position")
    return list(dict.fromkeys(" ".join(name.split())[:200] for name in steps.values_list("name", flat=True)))[
        :MOST_ACTIVITIES
    ]


@transaction.atomic
def draft_matrix(
    *, actor: User, area_id: int, activities: Sequence[str], departments: Iterable[str], summary: str, at: datetime
) -> DutyMatrix:
    """Say which activities and departments the next matrix has, in their order. Parts of those that stay are kept, from
    the draft in work, else from the last matrix. Departments are named as in `choices_of_departments`."""
    area = DutyArea.objects.select_for_update(of=["self"]).get(pk=area_id)
    check_line(actor, area.line_id)
    named, chosen = _checked_activities(activities), departments_of(departments)
    if not 0 < len(chosen) <= MOST_DEPARTMENTS:
        raise ValidationError({"departments": _("Name from 1 to %(most)d departments.") % {"most": MOST_DEPARTMENTS}})
    if not summary.strip():
        raise ValidationError({"summary": _("Say what changes.")})
    last = area.matrices.first()
    kept = parts_of(last) if last else {}
    name_act("governance.duties.written", reason=summary)
    draft = _draft(actor, area, last, summary.strip(), at)
    draft.departments.set(chosen)
    draft.duties.all().delete()
    Duty.objects.bulk_create(
        Duty(matrix=draft, position=place, activity=activity) for place, activity in enumerate(named, 1)
    )
    _put(
        draft,
        {(duty.pk, one.pk): kept.get((duty.activity, one.pk), "") for duty in draft.duties.all() for one in chosen},
    )
    return draft


@transaction.atomic
def write_matrix(
    *, actor: User, area_id: int, activities: Sequence[Mapping[str, Any]], summary: str, at: datetime
) -> DutyMatrix:
    """Write a draft whole: each activity with `parts`, the part of each department by its key."""
    keys = dict.fromkeys(key for one in activities for key in one["parts"])
    named = [one["activity"] for one in activities]
    draft = draft_matrix(actor=actor, area_id=area_id, activities=named, departments=keys, summary=summary, at=at)
    departments = {one.key: one.pk for one in draft.departments.all()}
    duties = {duty.activity: duty.pk for duty in draft.duties.all()}
    parts = {
        (duties[" ".join(one["activity"].split())], departments[key]): part
        for one in activities
        for key, part in one["parts"].items()
    }
    return fill_matrix(actor=actor, matrix_id=draft.pk, parts=parts, at=at)


def draft_of(area: DutyArea) -> DutyMatrix:
    """Return the draft of an area; ValidationError where there is none."""
    if draft := area.matrices.filter(effective_from__isnull=True).first():
        return draft
    raise ValidationError(_("There is no draft: write which activities and departments it has first."))


def _checked_activities(activities: Sequence[str]) -> list[str]:
    named = [text for text in (" ".join(one.split()) for one in activities) if text]
    if not 0 < len(named) <= MOST_ACTIVITIES:
        raise ValidationError({"activities": _("Write from 1 to %(most)d activities.") % {"most": MOST_ACTIVITIES}})
    if too_long := next((one for one in named if len(one) > 200), None):
        raise ValidationError({"activities": _("Longer than 200 signs: %(activity)s") % {"activity": too_long[:60]}})
    if twice := next((one for place, one in enumerate(named) if one in named[:place]), None):
        raise ValidationError({"activities": _("Twice in the list: %(activity)s") % {"activity": twice}})
    return named


def _draft(actor: User, area: DutyArea, last: DutyMatrix | None, summary: str, at: datetime) -> DutyMatrix:
    if last is None or not last.is_draft:
        number = last.number + 1 if last else 1
        return DutyMatrix.objects.create(area=area, number=number, summary=summary, written_by=actor, written_at=at)
    _not_waiting(last)
    last.summary, last.written_by, last.written_at = summary, actor, at
    last.save(update_fields=["summary", "written_by", "written_at"])
    return last


@transaction.atomic
def fill_matrix(*, actor: User, matrix_id: int, parts: Cells, at: datetime) -> DutyMatrix:
    """Write every part of a draft anew: `(duty, department)` to R, A, AR, C, I or nothing. It may have gaps."""
    DutyArea.objects.select_for_update(of=["self"]).get(matrices=matrix_id)
    matrix = DutyMatrix.objects.select_related("area").get(pk=matrix_id)
    check_line(actor, matrix.area.line_id)
    if not matrix.is_draft:
        raise ValidationError(_("This matrix has its day already and never changes."))
    _not_waiting(matrix)
    if unknown := {part for part in parts.values() if part} - set(Part.values):
        raise ValidationError(_("A part is R, A, AR, C or I, not %(part)s.") % {"part": ", ".join(sorted(unknown))})
    duties, departments = (
        set(matrix.duties.values_list("pk", flat=True)),
        set(matrix.departments.values_list("pk", flat=True)),
    )
    if any(duty not in duties or department not in departments for duty, department in parts):
        raise ValidationError(_("The matrix has other activities or departments by now: open it again."))
    name_act("governance.duties.filled")
    matrix.written_by, matrix.written_at = actor, at
    matrix.save(update_fields=["written_by", "written_at"])
    DutyCell.objects.filter(duty__in=duties).delete()
    _put(matrix, parts)
    return matrix


def _put(matrix: DutyMatrix, parts: Cells) -> None:
    DutyCell.objects.bulk_create(
        DutyCell(duty_id=duty, department_id=department, part=part)
        for (duty, department), part in parts.items()
        if part
    )


def _not_waiting(matrix: DutyMatrix) -> None:
    if waiting_for(matrix).exists():
        raise ValidationError(_("This draft waits for approval: withdraw the request first."))


def parts_of(matrix: DutyMatrix) -> dict[tuple[str, int], str]:
    """Return (activity, department) to part, in the order of the activities."""
    rows = DutyCell.objects.filter(duty__matrix=matrix).values_list("duty__activity", "department", "part")
    return {(activity, department): part for activity, department, part in rows.order_by("duty__position", "pk")}


def gaps_in(matrix: DutyMatrix) -> list[Gap]:
    """Return what the activities of a matrix lack."""
    parts: dict[str, list[str]] = {duty.activity: [] for duty in matrix.duties.all()}
    for (activity, _department), part in parts_of(matrix).items():
        parts[activity].append(part)
    return gaps_of(parts)


def departments_without_people(matrix: DutyMatrix) -> list[Department]:
    """Return departments of a matrix to which nobody belongs now."""
    departments = list(matrix.departments.select_related("team"))
    people = people_of(departments)
    return [department for department in departments if not people[department.pk]]


def gap_text(gap: Gap) -> str:
    """Return what an activity lacks, in words."""
    said = {
        "unaccountable": _("%(activity)s: nobody is accountable."),
        "twice_accountable": _("%(activity)s: several departments are accountable, where one should be."),
        "irresponsible": _("%(activity)s: nobody is responsible."),
    }
    return said[gap.kind] % {"activity": gap.activity}


@transaction.atomic
def propose_matrix(*, actor: User, matrix_id: int, effective_from: date, reason: str, at: datetime) -> ChangeRequest:
    """Ask for a draft to be put in force from a day, today or later."""
    if effective_from < timezone.localdate(at):
        raise ValidationError({"effective_from": _("A matrix begins today or later.")})
    arguments = {"matrix_id": matrix_id, "effective_from": effective_from.isoformat()}
    return propose(actor=actor, command=IN_FORCE, arguments=arguments, reason=reason, at=at)


def checked_matrix(*, actor: User, matrix_id: int, effective_from: date) -> DutyMatrix:
    """Return a draft that may begin on a day; ValidationError while anything is wanting in it."""
    matrix = DutyMatrix.objects.select_related("area").filter(pk=matrix_id).first()
    if matrix is None:
        raise ValidationError(_("There is no such matrix of duties."))
    check_line(actor, matrix.area.line_id)
    if not matrix.is_draft:
        raise ValidationError(_("This matrix has its day already and never changes."))
    if gaps := gaps_in(matrix):
        raise ValidationError([gap_text(gap) for gap in gaps])
    later = matrix.area.matrices.filter(effective_from__gte=effective_from).first()
    if later:
        raise ValidationError({"effective_from": _("%(version)s begins on that day or later.") % {"version": later}})
    return matrix


@transaction.atomic
def put_matrix_in_force(*, actor: User, matrix_id: int, effective_from: date, reason: str) -> DutyMatrix:
    """Give a draft the day that two people agreed on."""
    # The area first, as writing does: a draft that is being filled is not put in force half-way.
    DutyArea.objects.select_for_update(of=["self"]).get(matrices=matrix_id)
    matrix = checked_matrix(actor=actor, matrix_id=matrix_id, effective_from=effective_from)
    name_act(IN_FORCE, reason=reason)
    matrix.effective_from = effective_from
    matrix.save(update_fields=["effective_from"])
    return matrix


def waiting_for(matrix: DutyMatrix) -> Any:
    """Return the open requests to put a draft in force."""
    return ChangeRequest.objects.open().of([IN_FORCE]).about("governance_dutymatrix", matrix.pk)


def area_url(area: DutyArea) -> str:
    return reverse("governance:area_detail", args=[area.code])
