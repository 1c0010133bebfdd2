"""What the pages of a map show: its steps in the order of the walk, what stands on each, and what is wrong with it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from identification.map_columns import step_name
from identification.models import ElementControl, ElementRisk, MapElement, ProcessMap, ProcessMapVersion
from identification.rules.bpmn import Problem, graph_of, problems
from pages.templatetags.pages import tone_of
from risk.models import RiskLevel
from risk.response_columns import EFFECT_TONES
from staff.models import User

GRAVENESS = {level: place for place, level in enumerate(RiskLevel.values)}


@dataclass
class Step:
    """A step, decision or event with the risks and controls that the reader sees on it."""

    part: MapElement
    name: str
    comes_from: list[str]
    leads_to: list[tuple[str, str]]
    risks: list[ElementRisk] = field(default_factory=list)
    controls: list[ElementControl] = field(default_factory=list)

    @property
    def worst(self) -> str:
        """The gravest residual level of its risks, empty where none is rated."""
        levels = [one.risk.residual.level for one in self.risks if one.risk.residual]
        return max(levels, key=GRAVENESS.__getitem__, default="")

    @property
    def weakest(self) -> str:
        """The tone of what its controls' last tests say, the worst first."""
        tones = {
            EFFECT_TONES.get(one.control.last_test.conclusion, "") for one in self.controls if one.control.last_test
        }
        return next((tone for tone in ("red", "amber", "green") if tone in tones), "")


@dataclass
class Reading:
    """A drawing as its page shows it; `left_behind` stands on steps that it does not have."""

    steps: list[Step]
    problems: list[Problem]
    left_behind: list[ElementRisk | ElementControl]

    @property
    def grave(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.is_grave]


def reading_of(user: User, found: ProcessMap, version: ProcessMapVersion) -> Reading:
    """Return what a page says of a drawing, in a number of queries that does not grow with it."""
    parts = list(version.elements.all())
    names = {part.element_id: step_name(part) for part in parts}
    ways = {(part.comes_from[0], part.leads_to[0]): part.name for part in parts if part.kind == "flow"}
    steps = {part.element_id: _step(part, names, ways) for part in parts if part.kind in ("step", "decision", "event")}
    left_behind: list[ElementRisk | ElementControl] = []
    for one in attached_to(user, found):
        step = steps.get(one.element_id)
        if step is None:
            left_behind.append(one)
        else:
            (step.risks if isinstance(one, ElementRisk) else step.controls).append(one)  # type: ignore[arg-type]
    return Reading(list(steps.values()), problems(graph_of(version.bpmn_xml)), left_behind)


def attached_to(user: User, found: ProcessMap) -> list[ElementRisk | ElementControl]:
    """Return the risks and controls on a map that the person sees."""
    risks = ElementRisk.objects.on_maps().seen_by(user, "risk").filter(process_map=found)
    controls = ElementControl.objects.on_maps().seen_by(user, "control").filter(process_map=found)
    return [
        *risks.select_related("risk__residual", "attached_by"),
        *controls.select_related("control__last_test", "attached_by"),
    ]


def _step(part: MapElement, names: dict[str, str], ways: dict[tuple[str, str], str]) -> Step:
    leads_to = [(key, ways.get((part.element_id, key)) or names.get(key, key)) for key in part.leads_to]
    return Step(part, names[part.element_id], [names.get(key, key) for key in part.comes_from], leads_to)


def shown(user: User, found: ProcessMap, version: ProcessMapVersion, reading: Reading) -> dict[str, Any]:
    """Return what the page's script draws: the XML, the steps with their ways and badges, and what is wrong where."""
    wrong: dict[str, str] = defaultdict(str)
    for problem in reversed(reading.problems):
        wrong[problem.element] = "grave" if problem.is_grave else "warned"
    may_attach = version.pk == found.current_id and user.has_perm("identification.change_processmap")
    return {
        "xml": version.bpmn_xml,
        "name": f"{found.reference}-v{version.number}",
        "steps": [_drawn(step) for step in reading.steps],
        "wrong": wrong,
        "drop": reverse("identification:map_drop", args=[found.reference])
        if may_attach and not found.is_retired
        else "",
        "words": {"place": _("%(place)s of %(all)s"), "done": _("The process ends here.")},
    }


def _drawn(step: Step) -> dict[str, Any]:
    badges = [
        (_("%(n)s risks") % {"n": len(step.risks)}, "R", len(step.risks), step.worst),
        (_("%(n)s controls") % {"n": len(step.controls)}, "C", len(step.controls), step.weakest),
    ]
    return {
        "id": step.part.element_id,
        "name": step.name,
        "kind": step.part.kind,
        "next": [{"to": key, "name": name} for key, name in step.leads_to],
        "badges": [
            {"label": label, "text": f"{letter} {count}", "tone": tone_of(tone)}
            for label, letter, count, tone in badges
            if count
        ],
    }
