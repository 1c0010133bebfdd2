"""How people call what stands in this room: for the log, which knows keys alone."""

from collections.abc import Collection

from django.urls import reverse

from audit.records import Named, RecordNames, numbers, register_names
from risk.models import Alert, Indicator, LoanGrade, Risk


def find_risk(text: str) -> int | None:
    return Risk.objects.filter(reference=text.upper()).values_list("pk", flat=True).first()


def name_risks(keys: Collection[str]) -> Named:
    found = Risk.objects.filter(pk__in=numbers(keys)).values_list("pk", "reference")
    return {str(pk): (reference, reverse("risk:risk_detail", args=[reference])) for pk, reference in found}


def find_indicator(text: str) -> int | None:
    return Indicator.objects.filter(code=text).values_list("pk", flat=True).first()


def name_indicators(keys: Collection[str]) -> Named:
    found = Indicator.objects.filter(pk__in=numbers(keys)).values_list("pk", "code")
    return {str(pk): (code, reverse("risk:indicator_detail", args=[code])) for pk, code in found}


def find_nothing(text: str) -> None:
    """Alerts and loan classes are called after what they are of: they are reached from their pages."""


def name_alerts(keys: Collection[str]) -> Named:
    found = Alert.objects.filter(pk__in=numbers(keys)).values_list("pk", "indicator__code")
    return {str(pk): (f"{code} {pk}", reverse("risk:alert_detail", args=[pk])) for pk, code in found}


def name_grades(keys: Collection[str]) -> Named:
    found = LoanGrade.objects.filter(pk__in=numbers(keys)).values_list("pk", "loan__number")
    return {str(pk): (number, reverse("risk:loan_detail", args=[pk])) for pk, number in found}


def register() -> None:
    register_names(RecordNames("risk_risk", find_risk, name_risks))
    register_names(RecordNames("risk_indicator", find_indicator, name_indicators))
    register_names(RecordNames("risk_alert", find_nothing, name_alerts))
    register_names(RecordNames("risk_loangrade", find_nothing, name_grades))
