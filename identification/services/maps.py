"""Process maps: drawn in versions that stay, put in force once nothing grave is wrong with them, retired with a reason."""

import hashlib
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from identification.models import MapElement, MapState, ProcessMap, ProcessMapVersion
from identification.rules.bpmn import Flow, Graph, Lane, Node, graph_of, problems, walk
from identification.rules.bpmn_xml import Cleaned, NotBpmn, cleaned
from identification.rules.layout import laid_out, new_map
from risk.services.scope import check_line
from staff.models import User

CHANGEABLE = ("name", "description", "line", "owner")
SAID = 5  # of the problems, in the sentence that refuses


@transaction.atomic
def create_map(
    *, actor: User, name: str, owner: User, at: datetime, xml: bytes | str = "", lanes: list[str] | None = None,
    note: str = "", **fields: Any,
) -> ProcessMap:  # fmt: skip
    """Begin a map: from a drawing (BPMN 2.0), or from a first one in `lanes`. What a drawing holds of other programs is
    left out; one without coordinates is laid out. Raises ValidationError with a sentence for what cannot be read."""
    drawn = fresh(xml) if xml else Cleaned(_template(name, lanes), 0)
    made = ProcessMap(name=name, owner=owner, created_at=at, **fields)
    check_line(actor, made.line_id)
    made.full_clean(exclude=["reference", "current", "in_force", "in_force_at"])
    name_act("identification.map.recorded")
    made.save()
    made.refresh_from_db(fields=["reference"])
    _add_version(made, actor, drawn.xml, note, at)
    return made


@transaction.atomic
def change_map(*, actor: User, map_id: int, changes: dict[str, Any]) -> ProcessMap:
    """Change what is written about a map; `changes` maps names in CHANGEABLE to new values."""
    found = locked_map(map_id)
    if unknown := changes.keys() - set(CHANGEABLE):
        raise ValidationError(_("These cannot be changed: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    for name, value in changes.items():
        setattr(found, name, value)
    check_line(actor, found.line_id)
    found.full_clean(exclude=["reference", "current", "in_force", "in_force_at"])
    name_act("identification.map.changed")
    found.save(update_fields=[*changes])
    return found


@transaction.atomic
def save_version(
    *, actor: User, map_id: int, base: int, xml: bytes | str, at: datetime, note: str = ""
) -> ProcessMapVersion:
    """Save a drawing as the next version of a map, begun from version `base`.

    The same drawing again is no new version. Raises ValidationError where somebody saved another one since, and for a
    drawing that cannot be read."""
    found = locked_map(map_id)
    drawn = fresh(xml)
    current = found.newest
    if current.sha256 == _hash(drawn.xml):
        return current
    if base != current.number:
        raise ValidationError(
            _("%(person)s saved version %(number)s meanwhile, and you began from version %(base)s. What you drew stays here: "
              "take it out as a file, or save it as a map of its own.")
            % {"person": current.saved_by, "number": current.number, "base": base},
            code="stale",
        )  # fmt: skip
    name_act("identification.map.drawn", reason=note)
    return _add_version(found, actor, drawn.xml, note, at)


@transaction.atomic
def put_in_force(*, actor: User, map_id: int, number: int, at: datetime) -> ProcessMap:
    """Put the newest drawing in force, which is version `number`; again changes nothing.

    Raises ValidationError where something grave is wrong with it, or somebody saved another one since."""
    found = locked_map(map_id)
    if found.newest.number != number:
        raise ValidationError(
            _("Version %(number)s is newer: look at it before it comes into force.") % {"number": found.newest.number}
        )
    if found.in_force_id == found.current_id:
        return found
    grave = [problem.sentence for problem in problems(graph_of(found.newest.bpmn_xml)) if problem.is_grave]
    if grave:
        raise ValidationError([_("It does not come into force yet:"), *grave[:SAID]])
    name_act("identification.map.in_force")
    found.state, found.in_force, found.in_force_at = MapState.IN_FORCE, found.current, at
    found.save(update_fields=["state", "in_force", "in_force_at"])
    return found


@transaction.atomic
def retire_map(*, actor: User, map_id: int, reason: str) -> ProcessMap:
    """Retire a map for a stated reason; its drawings stay, and nothing more is drawn."""
    found = locked_map(map_id)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the map is retired.")})
    name_act("identification.map.retired", reason=reason)
    found.state, found.retiring_reason = MapState.RETIRED, reason.strip()
    found.save(update_fields=["state", "retiring_reason"])
    return found


def fresh(xml: bytes | str) -> Cleaned:
    """Return a drawing as it is kept. Raises ValidationError with the sentence that says why it cannot be."""
    try:
        drawn = cleaned(xml)
        return Cleaned(laid_out(drawn.xml), drawn.left_out)
    except NotBpmn as error:
        raise ValidationError({"xml": str(error)}) from error


def locked_map(map_id: int) -> ProcessMap:
    """Return a map for a change. Raises ValidationError for a retired one."""
    found = ProcessMap.objects.select_for_update(of=["self"]).select_related("current__saved_by").get(pk=map_id)
    if found.state == MapState.RETIRED:
        raise ValidationError(_("%(map)s is retired: nothing of it changes.") % {"map": found.reference})
    return found


def _template(name: str, lanes: list[str] | None) -> str:
    words = (_("Begin"), _("First step"), _("End"))
    return new_map(name, lanes or [_("Customer"), _("Operations"), _("Risk")], words)


def _add_version(found: ProcessMap, actor: User, xml: str, note: str, at: datetime) -> ProcessMapVersion:
    number = found.current.number + 1 if found.current else 1
    version = ProcessMapVersion.objects.create(
        process_map=found,
        number=number,
        bpmn_xml=xml,
        sha256=_hash(xml),
        note=note.strip(),
        saved_by=actor,
        saved_at=at,
    )
    MapElement.objects.bulk_create(_elements(version, graph_of(xml)))
    found.current = version
    found.save(update_fields=["current"])
    return version


def _hash(xml: str) -> str:
    return hashlib.sha256(xml.encode()).hexdigest()


def _elements(version: ProcessMapVersion, graph: Graph) -> list[MapElement]:
    parts: list[Node | Lane | Flow] = [*walk(graph), *graph.lanes, *graph.flows]
    return [_element(version, graph, part, place) for place, part in enumerate(parts, 1)]


def _element(version: ProcessMapVersion, graph: Graph, part: Node | Lane | Flow, place: int) -> MapElement:
    made = MapElement(version=version, element_id=part.id, name=part.name, position=place)
    if isinstance(part, Node):
        made.kind, made.bpmn_type, made.lane = part.kind, part.type, part.lane
        made.comes_from = [flow.source for flow in graph.incoming[part.id]] + ([part.host] if part.host else [])
        made.leads_to = graph.next[part.id]
    elif isinstance(part, Flow):
        made.kind, made.bpmn_type = "flow", "sequenceFlow"
        made.comes_from, made.leads_to = [part.source], [part.target]
    else:
        made.kind, made.bpmn_type = "lane", "lane"
    return made
