"""What of this room is under four eyes: which version of a contingency plan is in force, and rules of notice."""

from dataclasses import replace

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.models import Plan, PlanVersion
from incidents.notice_commands import NOTICE
from incidents.rules.call_tree import tree_as_text
from incidents.rules.plans import steps_as_text
from incidents.services.calls import tree_of
from incidents.services.plans import people_called, put_in_force
from staff.changes import Arguments, Command, Differences, register_command, version_of
from staff.models import ChangeRequest, User


def register() -> None:
    register_command(IN_FORCE)
    register_command(NOTICE)


def _version(arguments: Arguments) -> PlanVersion:
    return PlanVersion.objects.select_related("plan__version").get(
        pk=arguments["version_id"], plan=arguments["plan_id"]
    )


def _check(*, actor: User, arguments: Arguments) -> None:
    if not Plan.objects.visible_to(actor).filter(pk=arguments["plan_id"]).exists():
        raise PermissionDenied(_("This plan is outside your scope."))
    _version(arguments)


def _execute(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    ids = {name: arguments[name] for name in ("plan_id", "version_id")}
    return str(put_in_force(actor=actor, reason=request.reason, **ids))


def _tree(version: PlanVersion) -> str:
    return tree_as_text(
        [
            replace(call, person=str(person or "–"), deputy=str(deputy or ""))
            for call, person, deputy in tree_of(version)
        ]
    )


def _describe(arguments: Arguments) -> Differences:
    after = _version(arguments)
    before = after.plan.version
    shown = [
        (_("Version"), lambda version: str(version.number)),
        (_("When it is activated"), lambda version: version.triggers),
        (_("Who is called"), lambda version: ", ".join(map(str, people_called(version)))),
        (_("Call tree"), _tree),
        (_("Steps"), lambda version: steps_as_text(version.all_steps)),
    ]
    return [(label, value(before) if before else "", value(after)) for label, value in shown]


IN_FORCE = Command(
    name="incidents.plan.in_force",
    label=gettext_lazy("Put a contingency plan in force"),
    permission="incidents.change_plan",
    execute=_execute,
    describe=_describe,
    about=lambda arguments: str(_version(arguments)),
    version=lambda arguments: version_of(Plan.objects.filter(pk=arguments["plan_id"]), "version_id"),
    target=lambda arguments: ("incidents_plan", arguments["plan_id"]),
    check=_check,
    guards={"incidents_plan": ("version_id",)},
)
