"""What of this room is brought in from tables: risks, controls, treatments."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from products.models import BusinessLine
from risk.forms.response import ControlForm, TreatmentForm
from risk.models import Indicator, Risk
from risk.querysets.people import risk_people
from risk.services.controls import record_control
from risk.services.register_import import COLUMNS, MOST, NEEDED, record_rows
from risk.services.treatments import begin_treatment
from staff.imports import TableImport, by_form, needed, one_of, register_import, several_of
from staff.models import User


def register() -> None:
    register_import(
        TableImport("risks", "risk:risk_list", _("Import risks"), "risk.add_risk", COLUMNS, NEEDED, record_rows, MOST)
    )
    register_import(
        TableImport(
            "controls",
            "risk:control_list",
            _("Import controls"),
            "risk.add_control",
            ControlForm.Meta.fields,
            {"code", "name", "owner"},
            by_form(_control, _record_control, named=_of_control),
        )  # fmt: skip
    )
    register_import(
        TableImport(
            "treatments",
            "risk:treatment_list",
            _("Import treatments"),
            "risk.add_treatment",
            ("risk", *TreatmentForm.Meta.fields),
            {"risk", "strategy", "title", "owner"},
            by_form(_treatment, _begin, named=_of_treatment),
        )  # fmt: skip
    )


def people(found: Any) -> dict[str, Any]:
    """People by their e-mail, as tables name them."""
    return {person.email: person.pk for person in found}


def risks_of(user: User) -> dict[str, Any]:
    """Open risks that a person sees, by number."""
    return dict(Risk.objects.visible_to(user).open().values_list("reference", "pk"))


def lines_of(user: User) -> dict[str, Any]:
    return {line.pk: line.pk for line in BusinessLine.objects.visible_to(user)}


def _of_control(user: User) -> dict[str, Any]:
    return {"owner": one_of(people(risk_people())), "line": one_of(lines_of(user)), "risks": several_of(risks_of(user))}


def _control(user: User, filled: dict[str, Any]) -> ControlForm:
    return ControlForm(filled, user=user)


def _record_control(user: User, form: ControlForm, at: datetime) -> None:
    record_control(actor=user, **form.cleaned_data)


def _of_treatment(user: User) -> dict[str, Any]:
    indicators = dict(Indicator.objects.visible_to(user).values_list("code", "pk"))
    return {
        "owner": one_of(people(risk_people())),
        "risk": one_of(risks_of(user)),
        "indicator": one_of(indicators),
    }


def _treatment(user: User, filled: dict[str, Any]) -> TreatmentForm:
    return TreatmentForm(filled, user=user, risk=Risk.objects.get(pk=needed(filled, "risk")))


def _begin(user: User, form: TreatmentForm, at: datetime) -> None:
    begin_treatment(actor=user, risk_id=form.risk.pk, at=at, **form.cleaned_data)
