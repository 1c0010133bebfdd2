"""How people call what stands in this room: for the log, which knows keys alone."""

from collections.abc import Collection

from django.urls import reverse

from audit.records import Named, RecordNames, numbers, register_names
from identification.models import CauseTree, Checklist, ChecklistRun, EmergingRisk, RegulatoryChange, SwiftSession


def find_emerging(text: str) -> int | None:
    return EmergingRisk.objects.filter(reference=text.upper()).values_list("pk", flat=True).first()


def name_emerging(keys: Collection[str]) -> Named:
    found = EmergingRisk.objects.filter(pk__in=numbers(keys)).values_list("pk", "reference")
    return {str(pk): (ref, reverse("identification:emerging_detail", args=[ref])) for pk, ref in found}


def find_change(text: str) -> int | None:
    return RegulatoryChange.objects.filter(reference=text.upper()).values_list("pk", flat=True).first()


def name_changes(keys: Collection[str]) -> Named:
    found = RegulatoryChange.objects.filter(pk__in=numbers(keys)).values_list("pk", "reference")
    return {str(pk): (reference, reverse("identification:change_detail", args=[reference])) for pk, reference in found}


def find_checklist(text: str) -> int | None:
    return Checklist.objects.filter(code=text).values_list("pk", flat=True).first()


def name_checklists(keys: Collection[str]) -> Named:
    found = Checklist.objects.filter(pk__in=numbers(keys)).values_list("pk", "code")
    return {str(pk): (code, reverse("identification:checklist_detail", args=[code])) for pk, code in found}


def find_run(text: str) -> int | None:
    return ChecklistRun.objects.filter(reference=text.upper()).values_list("pk", flat=True).first()


def name_runs(keys: Collection[str]) -> Named:
    found = ChecklistRun.objects.filter(pk__in=numbers(keys)).values_list("pk", "reference")
    return {str(pk): (ref, reverse("identification:run_detail", args=[ref])) for pk, ref in found}


def find_session(text: str) -> int | None:
    return SwiftSession.objects.filter(reference=text.upper()).values_list("pk", flat=True).first()


def name_sessions(keys: Collection[str]) -> Named:
    found = SwiftSession.objects.filter(pk__in=numbers(keys)).values_list("pk", "reference")
    return {str(pk): (ref, reverse("identification:session_detail", args=[ref])) for pk, ref in found}


def find_tree(text: str) -> int | None:
    return CauseTree.objects.filter(reference=text.upper()).values_list("pk", flat=True).first()


def name_trees(keys: Collection[str]) -> Named:
    found = CauseTree.objects.filter(pk__in=numbers(keys)).values_list("pk", "reference")
    return {str(pk): (ref, reverse("identification:tree_detail", args=[ref])) for pk, ref in found}


def register() -> None:
    register_names(RecordNames("identification_checklist", find_checklist, name_checklists))
    register_names(RecordNames("identification_checklistrun", find_run, name_runs))
    register_names(RecordNames("identification_swiftsession", find_session, name_sessions))
    register_names(RecordNames("identification_causetree", find_tree, name_trees))
    register_names(RecordNames("identification_emergingrisk", find_emerging, name_emerging))
    register_names(RecordNames("identification_regulatorychange", find_change, name_changes))
