"""What of this room is under four eyes: which version of a year's audit plan is in force."""

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assurance.models import AuditPlan, AuditPlanLine
from assurance.services.plans import checked_plan, put_in_force
from staff.changes import Arguments, Command, Differences, register_command, version_of
from staff.models import ChangeRequest, User


def register() -> None:
    register_command(IN_FORCE)


def _plan(arguments: Arguments) -> AuditPlan:
    return AuditPlan.objects.get(pk=arguments["plan_id"])


def _check(*, actor: User, arguments: Arguments) -> None:
    if not AuditPlan.objects.visible_to(actor).filter(pk=arguments["plan_id"]).exists():
        raise PermissionDenied(_("Your role may not ask for this."))
    checked_plan(plan_id=arguments["plan_id"])


def _execute(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    return str(put_in_force(actor=actor, plan_id=arguments["plan_id"], reason=request.reason, at=timezone.now()))


def _line(line: AuditPlanLine) -> str:
    days = _("%(n)s person-days") % {"n": line.person_days}
    return " · ".join([line.get_quarter_display(), days, str(line.lead or "–")])


def _describe(arguments: Arguments) -> Differences:
    plan = _plan(arguments)
    older = AuditPlan.objects.in_force(plan.year).first()
    before = {line.unit: _line(line) for line in older.lines.select_related("unit", "lead")} if older else {}
    after = {line.unit: _line(line) for line in plan.lines.select_related("unit", "lead")}
    areas = sorted({*before, *after}, key=str)
    return [(str(area), before.get(area, ""), after.get(area, "")) for area in areas]


def _as_it_stands(arguments: Arguments) -> str:
    """A text that differs once a line of the draft does."""
    lines = AuditPlanLine.objects.filter(plan=arguments["plan_id"]).order_by("pk")
    kept = lines.values_list("unit", "quarter", "person_days", "lead", "note")
    return version_of(AuditPlan.objects.filter(pk=arguments["plan_id"]), "agreed") + ";".join(map(str, kept))


IN_FORCE = Command(
    name="assurance.plan.in_force",
    label=gettext_lazy("Put an audit plan in force"),
    permission="assurance.change_auditplan",
    execute=_execute,
    describe=_describe,
    about=lambda arguments: str(_plan(arguments)),
    version=_as_it_stands,
    target=lambda arguments: ("assurance_auditplan", arguments["plan_id"]),
    check=_check,
    guards={"assurance_auditplan": ("agreed",)},
)
