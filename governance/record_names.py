"""How people call what stands in this room: for the log, which knows keys alone."""

from collections.abc import Collection

from django.urls import reverse

from audit.records import Named, RecordNames, numbers, register_names
from governance.models import DutyArea, DutyMatrix, Policy, PolicyVersion


def find_policy(text: str) -> int | None:
    return Policy.objects.filter(code=text).values_list("pk", flat=True).first()


def name_policies(keys: Collection[str]) -> Named:
    found = Policy.objects.filter(pk__in=numbers(keys)).values_list("pk", "code")
    return {str(pk): (code, reverse("governance:policy_detail", args=[code])) for pk, code in found}


def find_nothing(text: str) -> None:
    """Versions are called after their policy: they are reached from there."""


def name_versions(keys: Collection[str]) -> Named:
    found = PolicyVersion.objects.filter(pk__in=numbers(keys)).values_list("pk", "policy__code", "number")
    return {
        str(pk): (f"{code} v{number}", f"{reverse('governance:policy_detail', args=[code])}?version={number}")
        for pk, code, number in found
    }


def find_area(text: str) -> int | None:
    return DutyArea.objects.filter(code=text).values_list("pk", flat=True).first()


def name_areas(keys: Collection[str]) -> Named:
    found = DutyArea.objects.filter(pk__in=numbers(keys)).values_list("pk", "code")
    return {str(pk): (code, reverse("governance:area_detail", args=[code])) for pk, code in found}


def name_matrices(keys: Collection[str]) -> Named:
    found = DutyMatrix.objects.filter(pk__in=numbers(keys)).values_list("pk", "area__code", "number")
    return {
        str(pk): (f"{code} v{number}", f"{reverse('governance:area_detail', args=[code])}?version={number}")
        for pk, code, number in found
    }


def register() -> None:
    register_names(RecordNames("governance_policy", find_policy, name_policies))
    register_names(RecordNames("governance_policyversion", find_nothing, name_versions))
    register_names(RecordNames("governance_dutyarea", find_area, name_areas))
    register_names(RecordNames("governance_dutymatrix", find_nothing, name_matrices))
