"""How people call what stands in this room: for the log, which knows keys alone."""

from collections.abc import Collection

from django.urls import reverse

from audit.records import Named, RecordNames, numbers, register_names
from risk.models import (
    Alert,
    AutomatedRun,
    ConflictRule,
    Control,
    ControlTest,
    Indicator,
    LoanGrade,
    Risk,
    RiskProposal,
    Treatment,
)


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
    """Alerts, loan classes and automated tests are called after what they are of: they are reached from their pages."""


def name_alerts(keys: Collection[str]) -> Named:
    found = Alert.objects.filter(pk__in=numbers(keys)).values_list("pk", "indicator__code")
    return {str(pk): (f"{code} {pk}", reverse("risk:alert_detail", args=[pk])) for pk, code in found}


def name_grades(keys: Collection[str]) -> Named:
    found = LoanGrade.objects.filter(pk__in=numbers(keys)).values_list("pk", "loan__number")
    return {str(pk): (number, reverse("risk:loan_detail", args=[pk])) for pk, number in found}


def find_control(text: str) -> int | None:
    return Control.objects.filter(code=text).values_list("pk", flat=True).first()


def name_controls(keys: Collection[str]) -> Named:
    found = Control.objects.filter(pk__in=numbers(keys)).values_list("pk", "code")
    return {str(pk): (code, reverse("risk:control_detail", args=[code])) for pk, code in found}


def name_treatments(keys: Collection[str]) -> Named:
    found = Treatment.objects.filter(pk__in=numbers(keys)).values_list("pk", "title")
    return {str(pk): (title, reverse("risk:treatment_detail", args=[pk])) for pk, title in found}


def name_tests(keys: Collection[str]) -> Named:
    found = ControlTest.objects.filter(pk__in=numbers(keys)).values_list("pk", "control__code")
    return {str(pk): (f"{code} {pk}", reverse("risk:test_detail", args=[pk])) for pk, code in found}


def find_proposal(text: str) -> int | None:
    return RiskProposal.objects.filter(reference=text.upper()).values_list("pk", flat=True).first()


def name_proposals(keys: Collection[str]) -> Named:
    found = RiskProposal.objects.filter(pk__in=numbers(keys)).values_list("pk", "reference")
    return {str(pk): (reference, reverse("risk:proposal_detail", args=[reference])) for pk, reference in found}


def name_runs(keys: Collection[str]) -> Named:
    found = AutomatedRun.objects.filter(pk__in=numbers(keys)).values_list("pk", "control__code", "as_of")
    return {str(pk): (f"{code} {day}", reverse("risk:run_detail", args=[pk])) for pk, code, day in found}


def name_conflict_rules(keys: Collection[str]) -> Named:
    found = ConflictRule.objects.filter(pk__in=numbers(keys))
    return {str(rule.pk): (str(rule), reverse("risk:duty_rule_detail", args=[rule.pk])) for rule in found}


def register() -> None:
    register_names(RecordNames("risk_conflictrule", find_nothing, name_conflict_rules))
    register_names(RecordNames("risk_automatedrun", find_nothing, name_runs))
    register_names(RecordNames("risk_riskproposal", find_proposal, name_proposals))
    register_names(RecordNames("risk_control", find_control, name_controls))
    register_names(RecordNames("risk_treatment", find_nothing, name_treatments))
    register_names(RecordNames("risk_controltest", find_nothing, name_tests))
    register_names(RecordNames("risk_risk", find_risk, name_risks))
    register_names(RecordNames("risk_indicator", find_indicator, name_indicators))
    register_names(RecordNames("risk_alert", find_nothing, name_alerts))
    register_names(RecordNames("risk_loangrade", find_nothing, name_grades))
