"""Where the parts of a process stand, for drawings that came without coordinates.

Layers from left to right by the longest way from the beginning, lanes from top to bottom; what shares layer and lane stands
below each other. (Sugiyama et al., IEEE Trans. SMC 11 (2), 1981, without the step that lessens crossings.) Units are
those of BPMN DI, about a pixel.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from identification.rules.bpmn import DECISION, EVENT, SUBPROCESSES, Graph, Node, forward, graph_of, walk
from identification.rules.bpmn_xml import DC, DD, DI, read, tag, written

COLUMN, ROW = 160, 110
SIZES = {EVENT: (36, 36), DECISION: (50, 50)}
STEP_SIZE = (100, 80)
HEAD = 30  # the strip on which the name of a pool or a lane stands
GAP = 60
BACK = 24  # how far under its row a flow leads back


@dataclass(frozen=True)
class Box:
    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> int:
        return self.y + self.height // 2

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height


def laid_out(xml: str) -> str:
    """Return a BPMN file in which every node has its place: the same where it has, else laid out anew. Raises NotBpmn."""
    root, graph = read(xml), graph_of(xml)
    drawn = {shape.get("bpmnElement") for shape in root.iter(tag("BPMNShape", DI))}
    if graph.nodes.keys() <= drawn:
        return xml
    for diagram in root.findall(tag("BPMNDiagram", DI)):
        root.remove(diagram)
    _give_pools(root, graph)
    _draw(root, graph)
    return written(root)


def layers(graph: Graph, scope: str) -> dict[str, int]:
    """Return for each node of a scope how many nodes stand before it on the longest way from a beginning."""
    ahead, found = forward(graph, scope), dict.fromkeys((node.id for node in graph.of(scope)), 0)
    for node in walk(graph):
        for target in ahead.get(node.id, ()):
            found[target] = max(found[target], found[node.id] + 1)
    return found


def boxes(graph: Graph, scope: str, top: int = 0) -> tuple[dict[str, Box], dict[str, Box]]:
    """Return the boxes of the nodes of a scope, and those of its lanes by id, beginning at `top`."""
    depth = layers(graph, scope)
    lanes = [lane for lane in graph.lanes if lane.scope == scope]
    names = [lane.name for lane in lanes]
    bands: dict[int, list[Node]] = defaultdict(list)
    for node in walk(graph):
        if node.scope == scope and node.host not in depth:
            bands[names.index(node.lane) if node.lane in names else max(len(names) - 1, 0)].append(node)
    width = COLUMN * (max(depth.values(), default=0) + 1) + GAP
    placed: dict[str, Box] = {}
    framed: dict[str, Box] = {}
    for band in range(max(len(lanes), 1)):
        rows = _place(bands[band], depth, top, placed)
        if lanes:
            framed[lanes[band].id] = Box(HEAD, top, width, rows * ROW)
        top += rows * ROW
    _place_guests(graph, scope, placed)
    return placed, framed


def _place(band: list[Node], depth: dict[str, int], top: int, placed: dict[str, Box]) -> int:
    """Place the nodes of a band, and return how many rows it takes."""
    taken: dict[int, int] = defaultdict(int)
    for node in band:
        column, row = depth[node.id], taken[depth[node.id]]
        taken[column] += 1
        width, height = SIZES.get(node.kind, STEP_SIZE)
        x = HEAD + GAP + column * COLUMN + (STEP_SIZE[0] - width) // 2
        placed[node.id] = Box(x, top + row * ROW + (ROW - height) // 2, width, height)
    return max(taken.values(), default=1)


def _place_guests(graph: Graph, scope: str, placed: dict[str, Box]) -> None:
    """Events that sit on a step stand on its lower edge."""
    sitting: dict[str, int] = defaultdict(int)
    for node in graph.of(scope):
        host = placed.get(node.host)
        if host:
            width, height = SIZES[EVENT]
            x = host.right - 30 - 40 * sitting[node.host]
            sitting[node.host] += 1
            placed[node.id] = Box(x, host.bottom - height // 2, width, height)
        placed.setdefault(node.id, Box(HEAD + GAP, -ROW, *SIZES[EVENT]))


def bends(source: Box, target: Box) -> list[tuple[int, int]]:
    """Return the points of a flow: straight where both stand level, else with a step; one that leads back goes below."""
    start, end = (source.right, source.middle), (target.x, target.middle)
    if target.x >= source.right:
        if source.middle == target.middle:
            return [start, end]
        between = target.x - (COLUMN - STEP_SIZE[0]) // 2
        return [start, (between, source.middle), (between, target.middle), end]
    below = max(source.bottom, target.bottom) + BACK
    from_x, to_x = source.x + source.width // 2, target.x + target.width // 2
    return [(from_x, source.bottom), (from_x, below), (to_x, below), (to_x, target.bottom)]


# Writing ----------------------------------------------------------------------------------------------------------------


def _give_pools(root: Element, graph: Graph) -> None:
    """Lanes are drawn in a pool: where there is none, the process gets one."""
    if root.find(tag("collaboration")) is not None or not graph.lanes:
        return
    collaboration = Element(tag("collaboration"), {"id": "Collaboration_laid_out"})
    for number, (key, name) in enumerate(graph.processes.items(), 1):
        pool = {"id": f"Participant_laid_out_{number}", "processRef": key}
        SubElement(collaboration, tag("participant"), pool | ({"name": name} if name else {}))
    root.insert(0, collaboration)


def _draw(root: Element, graph: Graph) -> None:
    collaboration = root.find(tag("collaboration"))
    whole = collaboration.get("id", "") if collaboration is not None else next(iter(graph.processes))
    plane = _plane(root, whole)
    pools = {pool.get("processRef", ""): pool.get("id", "") for pool in root.iter(tag("participant"))}
    top = 0
    for scope in graph.processes:
        top = _draw_scope(plane, graph, scope, pools.get(scope, ""), top) + GAP
    for node in graph.nodes.values():
        if node.type in SUBPROCESSES and graph.of(node.id):
            _draw_scope(_plane(root, node.id), graph, node.id, "", 0)


def _draw_scope(plane: Element, graph: Graph, scope: str, pool: str, top: int) -> int:
    """Draw a scope from `top` down, and return where it ends."""
    placed, framed = boxes(graph, scope, top)
    bottom = max((box.bottom for box in [*placed.values(), *framed.values()]), default=top + ROW)
    if pool:
        right = max((box.right for box in [*placed.values(), *framed.values()]), default=600)
        _shape(plane, pool, Box(0, top, right + (0 if framed else GAP), bottom - top), {"isHorizontal": "true"})
    for key, box in framed.items():
        _shape(plane, key, box, {"isHorizontal": "true"})
    for key, box in placed.items():
        _shape(plane, key, box, _look(graph.nodes[key]))
    for flow in graph.flows:
        if flow.source in placed and flow.target in placed:
            _edge(plane, flow.id, bends(placed[flow.source], placed[flow.target]))
    return bottom


def _look(node: Node) -> dict[str, str]:
    if node.type == "exclusiveGateway":
        return {"isMarkerVisible": "true"}
    return {"isExpanded": "false"} if node.type in SUBPROCESSES else {}


def _plane(root: Element, key: str) -> Element:
    diagram = SubElement(root, tag("BPMNDiagram", DI), {"id": f"Diagram_{key}"})
    return SubElement(diagram, tag("BPMNPlane", DI), {"id": f"Plane_{key}", "bpmnElement": key})


def _shape(plane: Element, key: str, box: Box, look: dict[str, str]) -> None:
    shape = SubElement(plane, tag("BPMNShape", DI), {"id": f"{key}_di", "bpmnElement": key, **look})
    sides = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    SubElement(shape, tag("Bounds", DC), {name: str(value) for name, value in sides.items()})


def _edge(plane: Element, key: str, points: list[tuple[int, int]]) -> None:
    edge = SubElement(plane, tag("BPMNEdge", DI), {"id": f"{key}_di", "bpmnElement": key})
    for x, y in points:
        SubElement(edge, tag("waypoint", DD), {"x": str(x), "y": str(y)})


def new_map(name: str, lanes: list[str], words: tuple[str, str, str]) -> str:
    """Return a first drawing of a process in lanes: a start, one step and an end, with their `words`, in the first."""
    root = Element(tag("definitions"), {"id": "Definitions_1", "targetNamespace": "http://bpmn.io/schema/bpmn"})
    pool = SubElement(root, tag("collaboration"), {"id": "Collaboration_1"})
    SubElement(pool, tag("participant"), {"id": "Participant_1", "name": name, "processRef": "Process_1"})
    process = SubElement(root, tag("process"), {"id": "Process_1", "isExecutable": "false"})
    lane_set = SubElement(process, tag("laneSet"), {"id": "LaneSet_1"})
    for number, lane in enumerate(lanes, 1):
        element = SubElement(lane_set, tag("lane"), {"id": f"Lane_{number}", "name": lane})
        for key in ("Event_start", "Activity_first", "Event_end") if number == 1 else ():
            SubElement(element, tag("flowNodeRef")).text = key
    for (kind, key), word in zip(_first_nodes(), words, strict=True):
        SubElement(process, tag(kind), {"id": key, "name": word})
    for number, (source, target) in enumerate([("Event_start", "Activity_first"), ("Activity_first", "Event_end")], 1):
        SubElement(process, tag("sequenceFlow"), {"id": f"Flow_{number}", "sourceRef": source, "targetRef": target})
    return laid_out(written(root))


def _first_nodes() -> Iterator[tuple[str, str]]:
    yield "startEvent", "Event_start"
    yield "task", "Activity_first"
    yield "endEvent", "Event_end"
