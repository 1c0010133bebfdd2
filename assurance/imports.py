"""What of this room is brought in from tables: findings, each of an open audit."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from assurance.forms.findings import FindingForm
from assurance.models import Engagement
from assurance.people import owners
from assurance.services.findings import raise_finding
from risk.imports import people, risks_of
from staff.imports import TableImport, by_form, needed, one_of, register_import
from staff.models import User

COLUMNS = ("audit", *(name for name in FindingForm.Meta.fields if name != "activation"))


def register() -> None:
    register_import(
        TableImport(
            "findings",
            "assurance:finding_list",
            _("Import findings"),
            "assurance.add_finding",
            COLUMNS,
            {"audit", "title", "severity", "condition", "criteria", "owner", "due_on"},
            by_form(_finding, _raise, named=_named),
        )  # fmt: skip
    )


def _named(user: User) -> dict[str, Any]:
    audits = dict(Engagement.objects.visible_to(user).values_list("reference", "pk"))
    return {"audit": one_of(audits), "owner": one_of(people(owners())), "risk": one_of(risks_of(user))}


def _finding(user: User, filled: dict[str, Any]) -> FindingForm:
    engagement = Engagement.objects.select_related("unit").get(pk=needed(filled, "audit"))
    return FindingForm(filled, user=user, engagement=engagement)


def _raise(user: User, form: FindingForm, at: datetime) -> None:
    raise_finding(actor=user, engagement=form.engagement, at=at, **form.cleaned_data)
