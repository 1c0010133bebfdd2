"""How people call process maps and what belongs to them: for the log, which knows keys alone."""

from collections.abc import Collection

from django.urls import reverse

from audit.records import Named, RecordNames, numbers, register_names
from identification.models import ElementControl, ElementRisk, ProcessMap, ProcessMapVersion


def find_map(text: str) -> int | None:
    return ProcessMap.objects.filter(reference=text.upper()).values_list("pk", flat=True).first()


def name_maps(keys: Collection[str]) -> Named:
    found = ProcessMap.objects.filter(pk__in=numbers(keys)).values_list("pk", "reference")
    return {str(pk): (reference, _map_url(reference)) for pk, reference in found}


def find_nothing(text: str) -> None:
    """Versions and what stands on steps are called after their map: they are reached from there."""


def name_map_versions(keys: Collection[str]) -> Named:
    found = ProcessMapVersion.objects.filter(pk__in=numbers(keys))
    return {
        str(pk): (f"{reference} v{number}", f"{_map_url(reference)}?version={number}")
        for pk, reference, number in found.values_list("pk", "process_map__reference", "number")
    }


def name_map_risks(keys: Collection[str]) -> Named:
    found = ElementRisk.objects.filter(pk__in=numbers(keys))
    return _on_steps(found.values_list("pk", "process_map__reference", "risk__reference"))


def name_map_controls(keys: Collection[str]) -> Named:
    found = ElementControl.objects.filter(pk__in=numbers(keys))
    return _on_steps(found.values_list("pk", "process_map__reference", "control__code"))


def _on_steps(rows) -> Named:
    return {str(pk): (f"{reference} {name}", _map_url(reference)) for pk, reference, name in rows}


def _map_url(reference: str) -> str:
    return reverse("identification:map_detail", args=[reference])


def register() -> None:
    """Name process maps and what belongs to them."""
    register_names(RecordNames("identification_processmap", find_map, name_maps))
    register_names(RecordNames("identification_processmapversion", find_nothing, name_map_versions))
    register_names(RecordNames("identification_elementrisk", find_nothing, name_map_risks))
    register_names(RecordNames("identification_elementcontrol", find_nothing, name_map_controls))
