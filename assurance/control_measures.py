"""What of audits the nightly run can test of a control by itself."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from assurance.sql import statement
from risk.control_measures import ControlMeasure, register_control_measure


def register() -> None:
    register_control_measure(
        ControlMeasure(
            "findings_overdue",
            _("Findings overdue"),
            _("Findings of audits that were due before the day, among all that are not verified."),
            lambda: statement("findings_overdue"),
            lambda key: reverse("assurance:finding_detail", args=[key]),
        )
    )
