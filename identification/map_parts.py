"""What process maps put on the page of a risk: where it stands in processes, and when it was put there."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from identification.models import ElementRisk, MapElement, ProcessMap
from risk.own_parts import SHOWN
from risk.panels import Panel, register_panel
from risk.threads import Knot, Strand, register_strand


def register() -> None:
    register_panel(
        Panel(
            "process_maps", _("Where it stands in processes"), processes_panel, "identification/processes_panel.html",
            "identification.view_processmap", order=30, queries=2,
        )
    )  # fmt: skip
    register_strand(Strand("process maps", map_knots, "identification.view_processmap"))


def _attached(user, risk):
    seen = ElementRisk.objects.on_maps().filter(risk=risk, process_map__in=ProcessMap.objects.visible_to(user))
    return list(seen.select_related("process_map").newest()[:SHOWN])


def names_of(attached) -> dict[tuple[int, str], str]:
    """What the steps are called in the newest drawings, by map and id."""
    versions = {one.process_map.current_id: one.process_map_id for one in attached}
    found = MapElement.objects.filter(version__in=versions, element_id__in={one.element_id for one in attached})
    return {(versions[part.version_id], part.element_id): str(part) for part in found}


def map_url(found, element=""):
    url = reverse("identification:map_detail", args=[found.reference])
    return f"{url}?step={element}" if element else url


def processes_panel(user, risk):
    """The steps that the risk stands on; no section where there is none."""
    attached = _attached(user, risk)
    names = names_of(attached) if attached else {}
    rows = [
        (one.process_map, names.get((one.process_map_id, one.element_id), ""), map_url(one.process_map, one.element_id))
        for one in attached
    ]
    return {"rows": rows} if rows else None


def map_knots(user, risk) -> list[Knot]:
    attached = _attached(user, risk)
    names = names_of(attached) if attached else {}
    return [
        Knot(
            key=f"step:{one.pk}",
            kind=_("On a process map"),
            title=f"{one.process_map.name} · {names.get((one.process_map_id, one.element_id), one.element_id)}",
            at=one.attached_at,
            url=map_url(one.process_map, one.element_id),
            icon="sitemap",
        )
        for one in attached
    ]
