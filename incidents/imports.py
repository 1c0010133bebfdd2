"""What of this room is brought in from tables: losses with their gross amount, contingency plans with their steps."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incidents.forms.losses import LossForm
from incidents.forms.plans import PlanForm
from incidents.models import Incident
from incidents.people import case_people
from incidents.services.losses import record_loss
from incidents.services.plans import record_plan, write_version
from risk.imports import lines_of, people, risks_of
from risk.models import BaselType, Indicator
from staff.imports import TableImport, by_form, one_of, register_import, several_of
from staff.models import User
from staff.services.changes import propose


def register() -> None:
    register_import(
        TableImport(
            "losses",
            "incidents:loss_list",
            gettext_lazy("Import losses"),
            "incidents.add_lossevent",
            LossForm.Meta.fields,
            {"title", "amount", "currency", "occurred_on", "discovered_on"},
            by_form(_loss, _record_loss, named=_of_loss),
        )  # fmt: skip
    )
    register_import(
        TableImport(
            "plans",
            "incidents:plan_list",
            gettext_lazy("Import contingency plans"),
            "incidents.add_plan",
            (*PlanForm.Meta.fields, "triggers", "steps"),
            {"code", "name", "owner"},
            by_form(_plan, _record_plan, named=_of_plan),
        )  # fmt: skip
    )


class PlanRowForm(PlanForm):
    """A plan with what its first version says, where the table says it."""

    triggers = forms.CharField(label=gettext_lazy("When it is activated"), required=False, max_length=10_000)
    steps = forms.CharField(label=gettext_lazy("Steps"), required=False, max_length=20_000)


def _of_loss(user: User) -> dict[str, Any]:
    incidents = dict(Incident.objects.visible_to(user).values_list("reference", "pk"))
    return {
        "risk": one_of(risks_of(user)),
        "incident": one_of(incidents),
        "line": one_of(lines_of(user)),
        "basel_type": one_of(dict(BaselType.objects.values_list("code", "pk"))),
    }


def _loss(user: User, filled: dict[str, Any]) -> LossForm:
    return LossForm(filled, user=user)


def _record_loss(user: User, form: LossForm, at: datetime) -> None:
    record_loss(actor=user, at=at, **form.as_loss())


def _of_plan(user: User) -> dict[str, Any]:
    return {
        "owner": one_of(people(case_people())),
        "line": one_of(lines_of(user)),
        "indicator": one_of(dict(Indicator.objects.visible_to(user).values_list("code", "pk"))),
        "risks": several_of(risks_of(user)),
    }


def _plan(user: User, filled: dict[str, Any]) -> PlanRowForm:
    return PlanRowForm(filled, user=user)


def _record_plan(user: User, form: PlanRowForm, at: datetime) -> None:
    """A version that the table brings waits for somebody else's approval, as one that is written does."""
    found = dict(form.cleaned_data)
    triggers, steps = found.pop("triggers"), found.pop("steps")
    plan = record_plan(actor=user, **found)
    if not (triggers or steps):
        return
    version = write_version(actor=user, plan_id=plan.pk, triggers=triggers, steps=steps, calls=[], at=at)
    propose(
        actor=user,
        command="incidents.plan.in_force",
        arguments={"plan_id": plan.pk, "version_id": version.pk},
        reason=_("Brought in from a table"),
        at=at,
    )
