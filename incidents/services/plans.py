"""Contingency plans: written in versions, put in force by four eyes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from incidents.models import Plan, PlanVersion
from incidents.people import called_people
from incidents.rules.plans import as_stored, read_steps
from incidents.services.calls import stored_tree
from risk.models import Risk
from risk.services.scope import check_line
from staff.models import User
from staff.rules.roles import Role


@transaction.atomic
def record_plan(*, actor: User, risks: Iterable[Risk] = (), **fields: Any) -> Plan:
    """Add a plan without a version yet. Its line (None is the whole company) must be in the actor's scope."""
    plan = Plan(**fields)
    check_line(actor, plan.line_id)
    plan.full_clean()
    name_act("incidents.plan.recorded")
    plan.save()
    plan.risks.set(risks)
    return plan


@transaction.atomic
def write_version(
    *, actor: User, plan_id: int, triggers: str, steps: str, calls: Sequence[User], tree: str = "", at: datetime
) -> PlanVersion:
    """Write the next version of a plan; it is in force once somebody else has approved it.

    `steps` are lines of `minutes role: what to do`, `tree` lines of `minutes person / deputy` (`rules/call_tree.py`).
    Raises ValidationError with the line that is none.
    """
    plan = Plan.objects.select_for_update(of=["self"]).get(pk=plan_id)
    try:
        found = read_steps(steps, Role.values)
    except ValueError as error:
        raise ValidationError({"steps": _("The steps cannot be read: %(why)s.") % {"why": error}}) from error
    if not triggers.strip():
        raise ValidationError({"triggers": _("Say when the plan is activated.")})
    name_act("incidents.plan.written")
    last = plan.versions.order_by("-number").values_list("number", flat=True).first() or 0
    return PlanVersion.objects.create(
        plan=plan,
        number=last + 1,
        triggers=triggers.strip(),
        calls=[person.pk for person in calls],
        steps=as_stored(found),
        tree=stored_tree(tree, _addresses()),
        written_by=actor,
        written_at=at,
    )


def _addresses() -> dict[str, int]:
    """Whom a plan may call, by their addresses as they are written in a call tree."""
    return {email.lower(): pk for pk, email in called_people().values_list("pk", "email")}


def put_in_force(*, actor: User, plan_id: int, version_id: int, reason: str) -> PlanVersion:
    """Make a version the one that activations follow; called by the command that two people agreed on."""
    plan = Plan.objects.select_for_update(of=["self"]).get(pk=plan_id)
    version = plan.versions.get(pk=version_id)
    name_act("incidents.plan.in_force", reason=reason)
    plan.version = version
    plan.save(update_fields=["version"])
    return version


def people_called(version: PlanVersion) -> list[User]:
    """Return whom a version calls, in its order; who has left the company is not called."""
    known = User.objects.active().in_bulk(version.calls)
    return [known[pk] for pk in version.calls if pk in known]
