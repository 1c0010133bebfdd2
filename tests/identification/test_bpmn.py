"""Drawings as graphs: what is read, what is wrong with them, in which order one walks them, where their parts stand."""

import time

import pytest

from identification.rules.bpmn import MOST_NODES, circles, graph_of, problems, walk
from identification.rules.bpmn_xml import LARGEST, NotBpmn, cleaned
from identification.rules.layout import ROW, boxes, laid_out, layers, new_map

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:x="https://other.example/x" id="D">'
)


def file(body, *, name="Lending", more=""):
    return f'{HEAD}{more}<process id="P" name="{name}">{body}</process></definitions>'


def drawn(*flows, lanes=""):
    """A process from flows such as "s>a" or "g>b:yes"; s… are starts, e… ends, g… gateways, the rest tasks."""
    kinds = {"s": "startEvent", "e": "endEvent", "g": "exclusiveGateway"}
    ends = [flow.partition(":")[0].split(">") for flow in flows]
    nodes = dict.fromkeys(key for pair in ends for key in pair if key)
    body = "".join(f'<{kinds.get(key[0], "task")} id="{key}" name="{key.upper()}"/>' for key in nodes)
    for number, (flow, pair) in enumerate(zip(flows, ends, strict=True)):
        if len(pair) == 2:
            name = flow.partition(":")[2]
            body += f'<sequenceFlow id="f{number}" sourceRef="{pair[0]}" targetRef="{pair[1]}" name="{name}"/>'
    return file(lanes + body)


def found(*flows, **more):
    return [(problem.element, problem.is_grave) for problem in problems(graph_of(drawn(*flows, **more)))]


LOAN = ("s>apply", "apply>check", "check>g1", "g1>sign:good", "g1>refuse:bad", "sign>pay", "pay>e1", "refuse>e2")


def test_a_sound_process_has_no_problem():
    assert found(*LOAN) == []


@pytest.mark.parametrize(
    ("flows", "expected"),
    [
        (("a>b", "b>e"), [("P", True)]),  # no start
        (("s>a", "a>b", "b>a"), [("P", True), ("a", True)]),  # no end, round for ever
        (("s>a", "a>e", "b>e"), [("b", True)]),  # an orphan
        (("s>a", "a>e", "s>b"), [("b", True)]),  # a dead end
        (("s>g", "g>e"), [("g", True)]),  # one way out
        (("s>a", "a>g", "g>e:good", "g>a:bad"), [("a", False)]),  # rework
        (("s>a", "a>a", "a>e"), [("a", False)]),  # a step that leads to itself, and on
        (("s>a", "a>b", "b>c", "c>b", "s>e"), [("b", True)]),
        (("s>g", "g>e:yes", "g>e"), [("g", False)]),  # a way without a name
    ],
)
def test_what_is_wrong_is_said_of_its_part(flows, expected):
    assert found(*flows) == expected


def test_every_problem_is_a_sentence_that_names_the_step():
    [problem] = problems(graph_of(drawn("s>a", "a>e", "s>b")))

    assert problem.sentence == "“B” leads nowhere: draw what comes after it."


def test_steps_outside_the_lanes_and_steps_without_a_name_are_pointed_out():
    lanes = '<laneSet id="L"><lane id="L1" name="Risk"><flowNodeRef>s</flowNodeRef><flowNodeRef>e</flowNodeRef></lane></laneSet>'
    assert found("s>a", "a>e", lanes=lanes) == [("a", False)]
    unnamed = drawn("s>a", "a>e").replace('name="A"', 'name="  "')
    assert [(one.element, one.is_grave) for one in problems(graph_of(unnamed))] == [("a", False)]


def test_the_inner_lane_of_two_counts():
    inner = '<lane id="L2" name="Night desk"><flowNodeRef>a</flowNodeRef></lane>'
    outer = f'<lane id="L1" name="Risk"><flowNodeRef>a</flowNodeRef><childLaneSet id="C">{inner}</childLaneSet></lane>'

    assert graph_of(drawn("s>a", "a>e", lanes=f'<laneSet id="L">{outer}</laneSet>')).nodes["a"].lane == "Night desk"


def test_boundary_events_links_and_sub_processes_are_no_problems():
    body = (
        '<startEvent id="s" name="S"/><subProcess id="sub" name="Sub"><task id="in" name="In"/></subProcess>'
        '<boundaryEvent id="late" attachedToRef="sub"/><endEvent id="e"/><endEvent id="e2"/>'
        '<sequenceFlow id="f1" sourceRef="s" targetRef="sub"/><sequenceFlow id="f2" sourceRef="sub" targetRef="e"/>'
        '<sequenceFlow id="f3" sourceRef="late" targetRef="e2"/>'
        '<intermediateCatchEvent id="c"><linkEventDefinition id="l"/></intermediateCatchEvent>'
        '<sequenceFlow id="f4" sourceRef="c" targetRef="e2"/>'
    )
    graph = graph_of(file(body))

    assert problems(graph) == []
    assert [node.id for node in walk(graph)] == ["s", "sub", "in", "e", "late", "c", "e2"]


def test_a_process_without_anything_says_so():
    [problem] = problems(graph_of(file("")))

    assert problem.sentence == "Nothing is drawn in “Lending”."


def test_one_walks_a_branch_to_its_end_and_what_joins_after_both():
    assert [node.id for node in walk(graph_of(drawn(*LOAN)))] == [
        "s", "apply", "check", "g1", "sign", "pay", "e1", "refuse", "e2",
    ]  # fmt: skip
    joined = drawn("s>g", "g>a:x", "g>b:y", "a>c", "b>c", "c>e", "c>g")
    assert [node.id for node in walk(graph_of(joined))] == ["s", "g", "a", "b", "c", "e"]


def test_circles_are_those_of_tarjan():
    # The example of Wikipedia's article on strongly connected components: abe, cd h, fg.
    edges = ["ab", "bc", "be", "bf", "cd", "cg", "dc", "dh", "ea", "ef", "fg", "gf", "hd", "hg"]
    graph = graph_of(drawn(*(f"{a}x>{b}x" for a, b in edges)))

    assert sorted("".join(sorted(key[0] for key in circle)) for circle in circles(graph, graph.nodes)) == [
        "abe",
        "cdh",
        "fg",
    ]


def test_five_hundred_steps_in_a_row_and_all_joined_are_judged_in_a_second():
    row = [f"t{n}>t{n + 1}" for n in range(MOST_NODES - 3)]
    xml = drawn("s>t0", *row, f"t{MOST_NODES - 3}>e", "t9>t2", "t400>t100")
    begun = time.perf_counter()
    graph = graph_of(laid_out(xml))

    assert len(walk(graph)) == MOST_NODES
    assert len(problems(graph)) == 2
    assert time.perf_counter() - begun < 3


# Reading what nobody should trust


BILLION = '<!DOCTYPE d [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>' + file("&b;")
OUTSIDE = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + file("&x;")


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "empty"),
        (b"   \n", "empty"),
        (b"hello", "line 1, column 1"),
        (b"<a><b></a>", "line 1"),
        (BILLION.encode(), "declares a document type"),
        (OUTSIDE.encode(), "declares a document type"),
        (b'<!DOCTYPE d SYSTEM "http://other.example/d.dtd"><d/>', "declares a document type"),
        (b"x" * (LARGEST + 1), "larger than 1 MB"),
        (b'<?xml version="1.0" encoding="utf-8"?><a>\xff\xfe</a>', "line 1"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "line 1|encoding"),
        (b'<?xml version="1.0" encoding="gb18030"?><a/>', "encoding|line 1"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "begins with “svg”"),
        (f"{HEAD}</definitions>".encode(), "no process"),
        (("<a>" * 5000 + "</a>" * 5000).encode(), "begins with “a”"),
        (
            file("<task id='t'>" + "<documentation>" * 90 + "</documentation>" * 90 + "</task>").encode(),
            "too many parts",
        ),
        (file("<task/>" * 20_000).encode(), "too many parts"),
        (file('<task id="t"/><task id="t"/>').encode(), "one id: t"),
        (file('<task id=""/>').encode(), "from 1 to 120"),
        (file(f'<task id="{"i" * 121}"/>').encode(), "from 1 to 120"),
        (file(f'<task id="t" name="{"n" * 501}"/>').encode(), "at most 500"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_a_sentence(raw, sentence):
    with pytest.raises(NotBpmn, match=sentence):
        cleaned(raw)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("<task name='Pay'/>", "no id: “Pay”"),
        ("<task id='t'/><sequenceFlow id='f' sourceRef='t' targetRef='gone'/>", "f leads from or to"),
        ("<task id='t'/><sequenceFlow id='f'/>", "f leads from or to"),
        ("".join(f"<task id='t{n}'/>" for n in range(MOST_NODES + 1)), "at most 500"),
    ],
)
def test_a_graph_that_hangs_in_the_air_is_refused(body, sentence):
    with pytest.raises(NotBpmn, match=sentence):
        graph_of(file(body))


def test_nothing_but_bpmn_is_kept():
    body = (
        '<task id="t" name="&lt;script&gt;alert(1)&lt;/script&gt;" x:href="javascript:alert(1)" onclick="a">'
        '<extensionElements><x:run href="javascript:alert(1)"/></extensionElements></task>'
        '<scriptTask id="u"><script>alert(1)</script></scriptTask><x:evil/>'
        '<sequenceFlow id="f" sourceRef="t" targetRef="u"><conditionExpression xsi:type="tFormalExpression">ok'
        "</conditionExpression></sequenceFlow>"
    )
    kept = cleaned(file(body, more='<import importType="x" location="file:///etc/passwd" namespace="n"/>'))

    assert kept.left_out == 5
    for word in ("javascript", "evil", "<bpmn:script>", "extensionElements", "passwd"):
        assert word not in kept.xml
    assert graph_of(kept.xml).nodes["t"].name == "<script>alert(1)</script>"
    assert '"bpmn:tFormalExpression"' in kept.xml
    assert cleaned(kept.xml) == type(kept)(kept.xml, 0)


@pytest.mark.parametrize("name", ["检查身份证件", "التحقق من الهوية", "זיהוי", "𠮷野家 🏦"])
def test_names_of_every_writing_stay(name):
    kept = cleaned(file(f'<task id="t" name="{name}"/>').encode("utf-16"))

    assert graph_of(kept.xml).nodes["t"].name == name


# Where the parts stand


def test_layers_go_by_the_longest_way():
    graph = graph_of(drawn("s>a", "a>b", "b>c", "a>c", "c>e", "c>a"))

    assert layers(graph, "P") == {"s": 0, "a": 1, "b": 2, "c": 3, "e": 4}


def test_no_two_nodes_share_a_place_and_each_stands_in_its_lane():
    graph = graph_of(new_map("Loan", ["Customer", "Risk"], ("Begin", "Apply", "End")))
    placed, framed = boxes(graph, "Process_1")

    assert framed["Lane_1"].bottom == framed["Lane_2"].y == ROW
    assert all(box.bottom <= framed["Lane_1"].bottom for box in placed.values())
    placed, _none = boxes(graph_of(drawn(*LOAN)), "P")
    assert len({(box.x, box.middle) for box in placed.values()}) == len(placed)


def test_a_drawing_with_places_stays_and_one_without_gets_them():
    bare = cleaned(drawn(*LOAN)).xml
    whole = laid_out(bare)

    assert whole.count("BPMNShape id") == 9
    assert whole.count("BPMNEdge id") == 8
    assert laid_out(whole) == whole
    assert graph_of(whole) == graph_of(bare)


def test_lanes_without_a_pool_are_given_one():
    lanes = '<laneSet id="L"><lane id="L1" name="Risk"><flowNodeRef>a</flowNodeRef></lane></laneSet>'

    assert 'processRef="P"' in laid_out(cleaned(drawn("s>a", "a>e", lanes=lanes)).xml)
