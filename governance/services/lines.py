"""The three lines: which department belongs to which, who that is now, what they own, and where lines cross."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.services import name_act
from governance.models import Defence, Department, LineAssignment
from governance.services.departments import departments_of
from governance.sql import statement
from risk.models import Control, ControlTest, Risk, Treatment
from staff.models import ChangeRequest, User
from staff.services.changes import propose

ASSIGN = "governance.line.assign"


@transaction.atomic
def propose_assignment(
    *, actor: User, department: str, defence: int, from_on: date, reason: str, at: datetime
) -> ChangeRequest:
    """Ask for a department, by its key, to belong to a line from a day, today or later; 0 takes it out of all three."""
    if from_on < timezone.localdate(at):
        raise ValidationError({"from_on": _("A department changes its line today or later.")})
    arguments = {
        "department_id": departments_of([department])[0].pk,
        "defence": defence,
        "from_on": from_on.isoformat(),
    }
    return propose(actor=actor, command=ASSIGN, arguments=arguments, reason=reason, at=at)


def checked_assignment(*, department_id: int, defence: int, from_on: date) -> LineAssignment:
    """Return an assignment as it would be written; ValidationError where it says nothing new."""
    department = Department.objects.select_related("team").filter(pk=department_id).first()
    if department is None:
        raise ValidationError(_("There is no such department."))
    made = LineAssignment(department=department, defence=defence, from_on=from_on)
    made.full_clean()
    before = line_of(department_id, from_on)
    if (before.defence if before else Defence.NONE) == defence:
        raise ValidationError(_("%(department)s stands there already.") % {"department": made.department})
    return made


@transaction.atomic
def assign_line(*, actor: User, department_id: int, defence: int, from_on: date, reason: str) -> LineAssignment:
    """Write the assignment that two people agreed on."""
    made = checked_assignment(department_id=department_id, defence=defence, from_on=from_on)
    name_act(ASSIGN, reason=reason)
    made.save()
    return made


def line_of(department_id: int, at: date) -> LineAssignment | None:
    """Return which line a department belongs to on a day."""
    return LineAssignment.objects.in_force(at).filter(department=department_id).first()


@dataclass(frozen=True)
class Owned:
    """A kind of record that people own or do: how many of them each of some people has, by their key, as far as the reader
    sees them; `url` leads to the list of one person's, whose key it takes."""

    key: str
    label: str | Promise
    count: Callable[[User, Collection[int]], Mapping[int, int]]
    url: Callable[[int], str]
    permission: str


def _counted(rows: Any, field_name: str, people: Collection[int]) -> Mapping[int, int]:
    found = rows.filter(**{f"{field_name}__in": people}).order_by().values_list(field_name)
    return dict(found.annotate(n=Count("pk", distinct=True)))


OWNED: list[Owned] = [
    Owned(
        "risks",
        gettext_lazy("Risks"),
        lambda reader, people: _counted(Risk.objects.visible_to(reader).open(), "owner", people),
        lambda person: f"/risk/register/?owner={person}",
        "risk.view_risk",
    ),
    Owned(
        "controls",
        gettext_lazy("Controls"),
        lambda reader, people: _counted(Control.objects.visible_to(reader), "owner", people),
        lambda person: f"/risk/controls/?owner={person}",
        "risk.view_control",
    ),
    Owned(
        "treatments",
        gettext_lazy("Treatments"),
        lambda reader, people: _counted(Treatment.objects.visible_to(reader), "owner", people),
        lambda person: f"/risk/treatments/?owner={person}",
        "risk.view_treatment",
    ),
    Owned(
        "tests",
        gettext_lazy("Tests of controls"),
        lambda reader, people: _counted(
            ControlTest.objects.filter(control__in=Control.objects.visible_to(reader)), "tester", people
        ),
        lambda person: f"/risk/controls/?tested_by={person}",
        "risk.view_control",
    ),
]


def register_owned(owned: Owned) -> None:
    """Add a kind of record that a room above knows, such as findings; a second call with the same key changes nothing."""
    if owned.key not in {one.key for one in OWNED}:
        OWNED.append(owned)


@dataclass(frozen=True)
class Member:
    """Somebody in a line, by which departments, and what they own: (kind, how many, where they stand)."""

    person: User
    departments: list[Department]
    owned: list[tuple[Owned, int, str]]


@dataclass(frozen=True)
class Line:
    """One of the three lines with its departments and people."""

    defence: Defence
    departments: list[Department] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)


def three_lines(*, reader: User, at: date) -> list[Line]:
    """Return the three lines as they stand on a day, with real people by name and what each owns."""
    assigned = [one for one in LineAssignment.objects.in_force(at).for_list() if one.defence]
    departments = {one.department_id: one.department for one in assigned}
    rows = _people(at)
    people = {person.pk: person for person in User.objects.filter(pk__in={person for _d, _p, person in rows})}
    kinds = [one for one in OWNED if reader.has_perm(one.permission)]
    counts = {one.key: one.count(reader, list(people)) for one in kinds}
    lines = []
    for defence in (Defence.FIRST, Defence.SECOND, Defence.THIRD):
        held: dict[int, list[Department]] = {}
        for _defence, department, person in (row for row in rows if row[0] == defence):
            held.setdefault(person, []).append(departments[department])
        members = [
            Member(people[pk], mine, [(one, counts[one.key].get(pk, 0), one.url(pk)) for one in kinds])
            for pk, mine in held.items()
        ]
        members.sort(key=lambda one: (str(one.person), one.person.pk))
        lines.append(Line(defence, [one.department for one in assigned if one.defence == defence], members))
    return lines


def lines_of(person_id: int, at: date) -> list[Defence]:
    """Return the lines of defence that somebody stands in on a day."""
    return sorted({Defence(defence) for defence, _department, _person in _people(at, person_id)})


def _people(at: date, person: int | None = None) -> list[tuple[int, int, int]]:
    """(line, department, person) of everybody, or of one person alone."""
    with connection.cursor() as cursor:
        cursor.execute(statement("line_people"), {"day": at, "person": person})
        return cursor.fetchall()


@dataclass(frozen=True)
class Crossing:
    """Where lines cross: somebody in two lines, somebody of the second who tests what they own, or somebody of the third
    who owns anything. `record` is what they own, empty for two lines."""

    kind: str
    person: User
    text: str
    record: str = ""
    url: str = ""


def crossings(*, reader: User, at: date) -> list[Crossing]:
    """Return every crossing over real holders, as far as the reader sees the records; by kind and person."""
    with connection.cursor() as cursor:
        cursor.execute(statement("line_crossings"), {"day": at})
        rows = cursor.fetchall()
    people = User.objects.in_bulk({row[1] for row in rows})
    seen = _seen(reader, rows)
    return [
        Crossing(kind, people[person], _said(kind, lines), title, _url(table, code))
        for kind, person, lines, table, pk, code, title in rows
        if not table or pk in seen[table]
    ]


def _seen(reader: User, rows: list[tuple]) -> dict[str, set[int]]:
    """Which of the records the reader may see, by table."""
    models: dict[str, Any] = {"risk": Risk, "control": Control, "treatment": Treatment}
    found = {}
    for table, model in models.items():
        keys = {row[4] for row in rows if row[3] == table}
        found[table] = (
            set(model.objects.visible_to(reader).filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()
        )
    return found


def _said(kind: str, lines: str) -> str:
    if kind == "two_lines":
        named = [str(Defence(int(one)).label) for one in lines.split(",")]
        return _("belongs to more than one line: %(lines)s.") % {"lines": ", ".join(named)}
    if kind == "tests_own":
        return _("is of the second line, and has tested a control that they own.")
    return _("is of the third line, and owns what it should only audit.")


def _url(table: str, code: str) -> str:
    places = {"risk": "/risk/register/{}/", "control": "/risk/controls/{}/", "treatment": "/risk/treatments/{}/"}
    return places[table].format(code) if table else ""
