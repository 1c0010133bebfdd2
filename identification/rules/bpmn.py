"""A business process as a graph: lanes, steps, decisions, events and the flows between them; what is wrong with it, and
in which order one walks it.

A flow that leads back is rework, which BPMN allows; one that nothing leads out of goes on for ever.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from identification.rules.bpmn_xml import NotBpmn, local, read, tag

STEP, DECISION, EVENT, LANE, FLOW = "step", "decision", "event", "lane", "flow"
SUBPROCESSES = ("subProcess", "transaction", "adHocSubProcess")
KINDS = {
    **dict.fromkeys(
        (
            "task", "userTask", "manualTask", "serviceTask", "scriptTask", "sendTask", "receiveTask", "businessRuleTask",
            "callActivity", *SUBPROCESSES,
        ),
        STEP,
    ),
    **dict.fromkeys(
        ("exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway", "complexGateway"), DECISION
    ),
    **dict.fromkeys(
        ("startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"), EVENT
    ),
}  # fmt: skip
CHOICES = ("exclusiveGateway", "inclusiveGateway")  # whose ways out are chosen by what is written on them
MOST_NODES = 500


@dataclass(frozen=True)
class Node:
    """A step, decision or event. `scope` is the process or sub-process it stands in; `host` is the step that a boundary
    event sits on; `apart` says that no flow need lead to it or from it: links, compensation, what an event starts."""

    id: str
    kind: str
    type: str
    name: str
    lane: str
    scope: str
    host: str = ""
    apart: bool = False


@dataclass(frozen=True)
class Flow:
    """From one node to another; `name` says when it is taken."""

    id: str
    source: str
    target: str
    name: str


@dataclass(frozen=True)
class Lane:
    id: str
    name: str
    scope: str


@dataclass(frozen=True)
class Graph:
    """`processes` are the outermost scopes, by id in the file's order, each with its name; nodes stand by id."""

    processes: dict[str, str]
    lanes: tuple[Lane, ...]
    nodes: dict[str, Node]
    flows: tuple[Flow, ...]

    @cached_property
    def outgoing(self) -> dict[str, list[Flow]]:
        found: dict[str, list[Flow]] = defaultdict(list)
        for flow in self.flows:
            found[flow.source].append(flow)
        return found

    @cached_property
    def incoming(self) -> dict[str, list[Flow]]:
        found: dict[str, list[Flow]] = defaultdict(list)
        for flow in self.flows:
            found[flow.target].append(flow)
        return found

    @cached_property
    def next(self) -> dict[str, list[str]]:
        """What comes after each node: where its flows lead, and the events that sit on it."""
        found = {key: [flow.target for flow in self.outgoing[key]] for key in self.nodes}
        for node in self.nodes.values():
            if node.host in found:
                found[node.host].append(node.id)
        return found

    def of(self, scope: str) -> list[Node]:
        return [node for node in self.nodes.values() if node.scope == scope]


@dataclass(frozen=True)
class Problem:
    """What is wrong with a part of the drawing, as a sentence. A grave one keeps the map out of force."""

    element: str
    sentence: str
    is_grave: bool = True


# Reading ----------------------------------------------------------------------------------------------------------------


@dataclass
class _Found:
    lanes: list[Lane] = field(default_factory=list)
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)


def graph_of(xml: bytes | str) -> Graph:
    """Return the graph of a BPMN file. Raises NotBpmn with a sentence for what cannot be read, for a flow that leads
    nowhere and for more than 500 nodes."""
    root = read(xml)
    pools = {pool.get("processRef", ""): pool.get("name", "") for pool in root.iter(tag("participant"))}
    found = _Found()
    processes: dict[str, str] = {}
    for process in root.findall(tag("process")):
        key = _id(process)
        processes[key] = pools.get(key) or _words(process)
        _read_scope(process, key, pools.get(key, ""), found)
    if len(found.nodes) > MOST_NODES:
        raise NotBpmn(_("A map has at most 500 steps, decisions and events: split the process."))
    graph = Graph(processes, tuple(found.lanes), found.nodes, tuple(found.flows))
    _check_flows(graph)
    return graph


def _read_scope(scope: Element, key: str, lane: str, found: _Found) -> None:
    lanes = _lanes_of(scope, key, found)
    for element in scope:
        kind = KINDS.get(local(element))
        if kind:
            here = _id(element)
            stands_in = lanes.get(here, lane)
            found.nodes[here] = _node(element, kind, stands_in, key)
            if local(element) in SUBPROCESSES:
                _read_scope(element, here, stands_in, found)
        elif element.tag == tag("sequenceFlow"):
            ends = element.get("sourceRef", ""), element.get("targetRef", "")
            found.flows.append(Flow(_id(element), *ends, _words(element)))


def _lanes_of(scope: Element, key: str, found: _Found) -> dict[str, str]:
    """Note the lanes of a scope and return the lane of each node by its id; of lanes in lanes, the inner one."""
    lanes: dict[str, str] = {}
    for lane_set in scope.findall(tag("laneSet")):
        for lane in lane_set.iter(tag("lane")):
            found.lanes.append(Lane(_id(lane), _words(lane), key))
            lanes |= {(ref.text or "").strip(): _words(lane) for ref in lane.findall(tag("flowNodeRef"))}
    return lanes


def _node(element: Element, kind: str, lane: str, scope: str) -> Node:
    inside = {local(child) for child in element}
    apart = (
        bool(inside & {"linkEventDefinition", "compensateEventDefinition"})
        or element.get("triggeredByEvent") == "true"
        or element.get("isForCompensation") == "true"
    )
    host = element.get("attachedToRef", "")
    return Node(_id(element), kind, local(element), _words(element), lane, scope, host, apart)


def _words(element: Element) -> str:
    return " ".join(element.get("name", "").split())


def _id(element: Element) -> str:
    key = element.get("id", "")
    if not key:
        raise NotBpmn(
            _("A part of the drawing has no id: “%(name)s”.") % {"name": _words(element)[:40] or local(element)}
        )
    return key


def _check_flows(graph: Graph) -> None:
    for flow in graph.flows:
        if flow.source not in graph.nodes or flow.target not in graph.nodes:
            raise NotBpmn(_("The flow %(id)s leads from or to something that is not drawn.") % {"id": flow.id})


# What is wrong ----------------------------------------------------------------------------------------------------------


def problems(graph: Graph) -> list[Problem]:
    """Return what is wrong with a process, grave things first, each in the order that one walks."""
    found = [problem for scope in _scopes(graph) for problem in _problems_of(graph, scope)]
    found += _unnamed(graph)
    return sorted(found, key=lambda problem: not problem.is_grave)


def _scopes(graph: Graph) -> Iterator[str]:
    yield from graph.processes
    yield from (node.id for node in graph.nodes.values() if node.type in SUBPROCESSES and graph.of(node.id))


def _problems_of(graph: Graph, scope: str) -> Iterator[Problem]:
    nodes = graph.of(scope)
    if not nodes:
        yield Problem(scope, _("Nothing is drawn in “%(name)s”.") % {"name": graph.processes[scope] or scope})
        return
    if scope in graph.processes:
        yield from _without_beginning_or_end(graph, scope, nodes)
    yield from _unreachable(graph, scope, nodes)
    yield from _dead_ends(graph, scope, nodes)
    yield from _circles(graph, nodes)
    yield from _undecided(graph, nodes)
    yield from _outside_lanes(graph, scope, nodes)


def _without_beginning_or_end(graph: Graph, scope: str, nodes: list[Node]) -> Iterator[Problem]:
    types = {node.type for node in nodes}
    name = {"name": graph.processes[scope] or scope}
    if "startEvent" not in types:
        yield Problem(scope, _("“%(name)s” begins nowhere: draw a start.") % name)
    if "endEvent" not in types:
        yield Problem(scope, _("“%(name)s” ends nowhere: draw an end.") % name)


def beginnings(graph: Graph, scope: str) -> list[str]:
    """Return where a scope begins: its starts, else what nothing leads to, and what stands apart."""
    nodes = graph.of(scope)
    starts = [node.id for node in nodes if node.type == "startEvent"]
    return (starts or [node.id for node in nodes if not graph.incoming[node.id] and not node.host]) + [
        node.id for node in nodes if node.apart and not node.host
    ]


def _unreachable(graph: Graph, scope: str, nodes: list[Node]) -> Iterator[Problem]:
    reached, ahead = set(), beginnings(graph, scope)
    while ahead:
        here = ahead.pop()
        if here not in reached:
            reached.add(here)
            ahead += graph.next[here]
    for node in nodes:
        if node.id not in reached:
            yield Problem(node.id, _("Nothing leads to %(step)s: it is never reached.") % {"step": called(node)})


def _dead_ends(graph: Graph, scope: str, nodes: list[Node]) -> Iterator[Problem]:
    if scope not in graph.processes and all(node.type != "endEvent" for node in nodes):
        return  # a sub-process without an end goes on where nothing more is to be done
    for node in nodes:
        if node.type != "endEvent" and not node.apart and not graph.outgoing[node.id]:
            yield Problem(node.id, _("%(step)s leads nowhere: draw what comes after it.") % {"step": called(node)})


def _circles(graph: Graph, nodes: list[Node]) -> Iterator[Problem]:
    for circle in circles(graph, [node.id for node in nodes]):
        words = {"steps": " → ".join(called(graph.nodes[key]) for key in circle[:6])}
        leads_out = any(target not in circle for key in circle for target in graph.next[key])
        if leads_out:
            yield Problem(circle[0], _("Done again and again until it is right: %(steps)s.") % words, is_grave=False)
        else:
            yield Problem(circle[0], _("Goes round for ever, nothing leads out: %(steps)s.") % words)


def _undecided(graph: Graph, nodes: list[Node]) -> Iterator[Problem]:
    for node in nodes:
        ways = graph.outgoing[node.id]
        if node.kind != DECISION:
            continue
        if len(ways) == 1 and len(graph.incoming[node.id]) < 2:
            yield Problem(node.id, _("%(step)s has one way out: nothing is decided there.") % {"step": called(node)})
        if len(ways) > 1 and node.type in CHOICES and any(not way.name for way in ways):
            words = _("%(step)s does not say when which way is taken: name the flows.") % {"step": called(node)}
            yield Problem(node.id, words, is_grave=False)


def _outside_lanes(graph: Graph, scope: str, nodes: list[Node]) -> Iterator[Problem]:
    lanes = {lane.name for lane in graph.lanes if lane.scope == scope}
    for node in nodes if lanes else []:
        if node.lane not in lanes and not node.host:
            words = _("%(step)s stands outside the lanes: nobody is named who does it.") % {"step": called(node)}
            yield Problem(node.id, words, is_grave=False)


def _unnamed(graph: Graph) -> Iterator[Problem]:
    for node in graph.nodes.values():
        if node.kind == STEP and not node.name:
            yield Problem(node.id, _("A step has no name: say what is done."), is_grave=False)


def called(node: Node) -> str:
    """Return what people call a node: its name in quotes, else its kind and id."""
    return _("“%(name)s”") % {"name": node.name} if node.name else node.id


def circles(graph: Graph, keys: Iterable[str]) -> list[list[str]]:
    """Return the sets of nodes that can be reached from each other, more than one or one that leads to itself, each in
    the order found. (Tarjan, SIAM J. Comput. 1 (2), 1972, without recursion.)"""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []
    for start in keys:
        work: list[tuple[str, Iterator[str]]] = [] if start in index else [_enter(graph, start, index, low, stack)]
        while work:
            here, ahead = work[-1]
            target = next(ahead, None)
            if target is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[here])
                if low[here] == index[here]:
                    found.append(_cut(stack, here))
            elif target not in index:
                work.append(_enter(graph, target, index, low, stack))
            elif target in stack:
                low[here] = min(low[here], index[target])
    return [circle for circle in reversed(found) if len(circle) > 1 or circle[0] in graph.next[circle[0]]]


def _enter(
    graph: Graph, key: str, index: dict[str, int], low: dict[str, int], stack: list[str]
) -> tuple[str, Iterator[str]]:
    index[key] = low[key] = len(index)
    stack.append(key)
    return key, iter(graph.next[key])


def _cut(stack: list[str], key: str) -> list[str]:
    at = stack.index(key)
    circle = stack[at:]
    del stack[at:]
    return circle


# Walking ----------------------------------------------------------------------------------------------------------------


def forward(graph: Graph, scope: str) -> dict[str, list[str]]:
    """Return what comes after each node of a scope, without the flows that lead back to what was passed."""
    inside = {node.id for node in graph.of(scope)}
    ahead: dict[str, list[str]] = {key: [] for key in inside}
    state: dict[str, int] = {}  # 1: on the way here, 2: left for good
    for start in [*beginnings(graph, scope), *(node.id for node in graph.of(scope))]:
        work = [] if start in state else [(start, iter(graph.next[start]))]
        state.setdefault(start, 1)
        while work:
            here, targets = work[-1]
            target = next(targets, None)
            if target is None:
                state[here] = 2
                work.pop()
            elif target in inside and state.get(target) != 1:
                ahead[here].append(target)
                if target not in state:
                    state[target] = 1
                    work.append((target, iter(graph.next[target])))
    return ahead


def walk(graph: Graph) -> list[Node]:
    """Return all nodes in the order that one reads the process: each after what leads to it, one branch to its end
    before the next; a sub-process's own steps after it."""
    return [node for scope in graph.processes for node in _walk_scope(graph, scope)]


def _walk_scope(graph: Graph, scope: str) -> Iterator[Node]:
    ahead = forward(graph, scope)
    waits = dict.fromkeys(ahead, 0)
    for targets in ahead.values():
        for target in targets:
            waits[target] += 1
    first = dict.fromkeys([*beginnings(graph, scope), *(node.id for node in graph.of(scope))])
    ready = [key for key in reversed(list(first)) if not waits[key]]
    while ready:
        here = ready.pop()
        yield graph.nodes[here]
        yield from _walk_scope(graph, here)
        for target in reversed(ahead[here]):
            waits[target] -= 1
            if not waits[target]:
                ready.append(target)
