"""How people call what stands in this room: for the log, which knows keys alone."""

from collections.abc import Collection

from django.urls import reverse

from assessment.models import Assessment, Panel
from audit.records import Named, RecordNames, numbers, register_names


def find_panel(text: str) -> int | None:
    return Panel.objects.filter(reference=text.upper()).values_list("pk", flat=True).first()


def name_panels(keys: Collection[str]) -> Named:
    found = Panel.objects.filter(pk__in=numbers(keys)).values_list("pk", "reference")
    return {str(pk): (reference, reverse("assessment:panel_detail", args=[reference])) for pk, reference in found}


def find_assessment(text: str) -> int | None:
    return Assessment.objects.filter(reference=text.upper()).values_list("pk", flat=True).first()


def name_assessments(keys: Collection[str]) -> Named:
    found = Assessment.objects.filter(pk__in=numbers(keys)).values_list("pk", "reference")
    return {str(pk): (reference, reverse("assessment:assessment_detail", args=[reference])) for pk, reference in found}


def register() -> None:
    register_names(RecordNames("assessment_assessment", find_assessment, name_assessments))
    register_names(RecordNames("assessment_panel", find_panel, name_panels))
