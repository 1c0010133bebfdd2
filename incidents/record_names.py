"""How people call what stands in this room: for the log, which knows keys alone."""

from collections.abc import Collection

from django.urls import reverse

from audit.records import Named, RecordNames, numbers, register_names
from incidents.models import Activation, Case, Plan


def find_case(text: str) -> int | None:
    return Case.objects.filter(reference=text.upper()).values_list("pk", flat=True).first()


def name_cases(keys: Collection[str]) -> Named:
    found = Case.objects.filter(pk__in=numbers(keys)).values_list("pk", "reference")
    return {str(pk): (reference, reverse("incidents:case_detail", args=[reference])) for pk, reference in found}


def find_plan(text: str) -> int | None:
    return Plan.objects.filter(code=text).values_list("pk", flat=True).first()


def name_plans(keys: Collection[str]) -> Named:
    found = Plan.objects.filter(pk__in=numbers(keys)).values_list("pk", "code")
    return {str(pk): (code, reverse("incidents:plan_detail", args=[code])) for pk, code in found}


def find_nothing(text: str) -> None:
    """Activations are called after their plan: they are reached from there."""


def name_activations(keys: Collection[str]) -> Named:
    found = Activation.objects.filter(pk__in=numbers(keys)).values_list("pk", "plan__code")
    return {str(pk): (f"{code} {pk}", reverse("incidents:activation_detail", args=[pk])) for pk, code in found}


def register() -> None:
    register_names(RecordNames("incidents_case", find_case, name_cases))
    register_names(RecordNames("incidents_plan", find_plan, name_plans))
    register_names(RecordNames("incidents_activation", find_nothing, name_activations))
