"""How people call what stands in this room: for the log, which knows keys alone."""

from collections.abc import Collection
from typing import Any

from django.urls import reverse

from audit.records import Named, RecordNames, numbers, register_names
from incidents.models import Activation, Case, Crisis, Incident, LossEvent, Plan


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


def _by_reference(model: Any, page: str) -> RecordNames:
    """Records that are called by their reference, each on the page of that name."""

    def find(text: str) -> int | None:
        return model.objects.filter(reference=text.upper()).values_list("pk", flat=True).first()

    def name(keys: Collection[str]) -> Named:
        found = model.objects.filter(pk__in=numbers(keys)).values_list("pk", "reference")
        return {str(pk): (reference, reverse(page, args=[reference])) for pk, reference in found}

    return RecordNames(model._meta.db_table, find, name)


def register_more() -> None:
    register_names(_by_reference(Incident, "incidents:incident_detail"))
    register_names(_by_reference(LossEvent, "incidents:loss_detail"))
    register_names(_by_reference(Crisis, "incidents:crisis_detail"))
