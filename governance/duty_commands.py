"""What of duties and lines is under four eyes: a matrix of duties in force, and the line of a department."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import Defence, Department, DutyMatrix, LineAssignment
from governance.services.duties import IN_FORCE, checked_matrix, parts_of, put_matrix_in_force
from governance.services.lines import ASSIGN, assign_line, checked_assignment, line_of
from pages.formats import day as day_text
from staff.changes import Arguments, Command, Differences, register_command, version_of
from staff.models import ChangeRequest, User


def register() -> None:
    register_command(MATRIX)
    register_command(LINE)


def _begins(arguments: Arguments) -> dict[str, Any]:
    return {"matrix_id": arguments["matrix_id"], "effective_from": date.fromisoformat(arguments["effective_from"])}


def _check_matrix(*, actor: User, arguments: Arguments) -> None:
    checked_matrix(actor=actor, **_begins(arguments))


def _execute_matrix(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    return str(put_matrix_in_force(actor=actor, reason=request.reason, **_begins(arguments)))


def _matrix(arguments: Arguments) -> DutyMatrix:
    return DutyMatrix.objects.select_related("area").get(pk=arguments["matrix_id"])


def _describe_matrix(arguments: Arguments) -> Differences:
    """What changes: an activity a row, with the parts of every department in words."""
    after = _matrix(arguments)
    before = after.area.matrices.filter(effective_from__isnull=False).order_by("-effective_from").first()
    was, becomes = (_as_words(one) if one else {} for one in (before, after))
    rows = [
        (_("Version"), str(before.number) if before else "", str(after.number)),
        (_("In force from"), day_text(before.effective_from) if before else "", day_text(_begins(arguments)["effective_from"])),
        (_("What changes"), before.summary if before else "", after.summary),
    ]  # fmt: skip
    named = dict.fromkeys([*becomes, *was])
    return rows + [
        (activity, was.get(activity, ""), becomes.get(activity, ""))
        for activity in named
        if was.get(activity) != becomes.get(activity)
    ]


def _as_words(matrix: DutyMatrix) -> dict[str, str]:
    names = {department.pk: str(department) for department in matrix.departments.select_related("team")}
    said: dict[str, list[str]] = {}
    for (activity, department), part in parts_of(matrix).items():
        said.setdefault(activity, []).append(f"{names.get(department, department)} {part}")
    return {activity: ", ".join(parts) for activity, parts in said.items()}


def _version_of_matrix(arguments: Arguments) -> str:
    matrix = DutyMatrix.objects.filter(pk=arguments["matrix_id"])
    return version_of(matrix, "effective_from", "written_at", "summary") + repr(list(parts_of(matrix.get()).items()))


MATRIX = Command(
    name=IN_FORCE,
    label=gettext_lazy("Put a matrix of duties in force"),
    permission="governance.change_dutymatrix",
    execute=_execute_matrix,
    describe=_describe_matrix,
    about=lambda arguments: str(_matrix(arguments)),
    version=_version_of_matrix,
    target=lambda arguments: ("governance_dutymatrix", arguments["matrix_id"]),
    check=_check_matrix,
    guards={"governance_dutymatrix": ("effective_from",)},
)


def _said(arguments: Arguments) -> dict[str, Any]:
    return {
        "department_id": arguments["department_id"],
        "defence": arguments["defence"],
        "from_on": date.fromisoformat(arguments["from_on"]),
    }


def _check_line(*, actor: User, arguments: Arguments) -> None:
    checked_assignment(**_said(arguments))


def _execute_line(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    return str(assign_line(actor=actor, reason=request.reason, **_said(arguments)))


def _describe_line(arguments: Arguments) -> Differences:
    before = line_of(arguments["department_id"], date.fromisoformat(arguments["from_on"]))
    return [
        (_("Line of defence"), before.get_defence_display() if before else "", str(Defence(arguments["defence"]).label)),
        (_("From"), day_text(before.from_on) if before else "", day_text(date.fromisoformat(arguments["from_on"]))),
    ]  # fmt: skip


LINE = Command(
    name=ASSIGN,
    label=gettext_lazy("Assign a department to a line of defence"),
    permission="governance.add_lineassignment",
    execute=_execute_line,
    describe=_describe_line,
    about=lambda arguments: str(Department.objects.select_related("team").get(pk=arguments["department_id"])),
    version=lambda arguments: version_of(
        LineAssignment.objects.filter(department=arguments["department_id"]), "defence", "from_on"
    ),
    target=lambda arguments: ("", ""),
    check=_check_line,
    guards={"governance_lineassignment": ("department_id", "defence", "from_on")},
    writes=lambda arguments: [
        {"table": "governance_lineassignment", "on": "insert", "key": {}, "values": dict(arguments)}
    ],
)
