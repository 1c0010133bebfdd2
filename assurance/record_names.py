"""How people call what stands in this room: for the log, which knows keys alone."""

from collections.abc import Collection

from django.urls import reverse

from assurance.models import AuditPlan, AuditSample, AuditUnit, Engagement, Finding, WorkingPaper
from audit.records import Named, RecordNames, numbers, register_names


def find_unit(text: str) -> int | None:
    return AuditUnit.objects.filter(code=text).values_list("pk", flat=True).first()


def name_units(keys: Collection[str]) -> Named:
    found = AuditUnit.objects.filter(pk__in=numbers(keys)).values_list("pk", "code")
    return {str(pk): (code, reverse("assurance:unit_detail", args=[code])) for pk, code in found}


def find_engagement(text: str) -> int | None:
    return Engagement.objects.filter(reference=text.upper()).values_list("pk", flat=True).first()


def name_engagements(keys: Collection[str]) -> Named:
    found = Engagement.objects.filter(pk__in=numbers(keys)).values_list("pk", "reference")
    return {str(pk): (reference, reverse("assurance:engagement_detail", args=[reference])) for pk, reference in found}


def find_finding(text: str) -> int | None:
    return Finding.objects.filter(reference=text.upper()).values_list("pk", flat=True).first()


def name_findings(keys: Collection[str]) -> Named:
    found = Finding.objects.filter(pk__in=numbers(keys)).values_list("pk", "reference")
    return {str(pk): (reference, reverse("assurance:finding_detail", args=[reference])) for pk, reference in found}


def find_nothing(text: str) -> None:
    """Samples and working papers are called after their audit: they are reached from there."""


def name_samples(keys: Collection[str]) -> Named:
    found = AuditSample.objects.filter(pk__in=numbers(keys)).values_list("pk", "engagement__reference")
    return {
        str(pk): (f"{reference} {pk}", reverse("assurance:sample_detail", args=[reference, pk]))
        for pk, reference in found
    }


def find_plan(text: str) -> int | None:
    """A plan is called by its year and version, such as `2027 v1`."""
    year, _, version = text.partition(" v")
    known = year.isdecimal() and version.isdecimal() and len(year) == 4 and len(version) < 5
    found = AuditPlan.objects.filter(year=int(year), version=int(version)) if known else AuditPlan.objects.none()
    return found.values_list("pk", flat=True).first()


def name_plans(keys: Collection[str]) -> Named:
    found = AuditPlan.objects.filter(pk__in=numbers(keys))
    return {str(plan.pk): (str(plan), reverse("assurance:audit_plan_detail", args=[plan.pk])) for plan in found}


def name_papers(keys: Collection[str]) -> Named:
    found = WorkingPaper.objects.filter(pk__in=numbers(keys)).values_list("pk", "engagement__reference", "number")
    return {
        str(pk): (f"{reference} WP {number}", reverse("assurance:paper_detail", args=[pk]))
        for pk, reference, number in found
    }


def register() -> None:
    register_names(RecordNames("assurance_workingpaper", find_nothing, name_papers))
    register_names(RecordNames("assurance_auditplan", find_plan, name_plans))
    register_names(RecordNames("assurance_auditunit", find_unit, name_units))
    register_names(RecordNames("assurance_engagement", find_engagement, name_engagements))
    register_names(RecordNames("assurance_finding", find_finding, name_findings))
    register_names(RecordNames("assurance_auditsample", find_nothing, name_samples))
