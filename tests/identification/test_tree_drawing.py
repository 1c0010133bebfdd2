import re

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from identification.rules.tree_layout import Place, broken, lay_out, measure
from identification.services.cause_trees import write_node
from identification.tree_drawing import draw_tree
from tests.factories import UserFactory
from tests.factories.identification import CauseTreeFactory


@pytest.mark.parametrize(
    ("parents", "places"),
    [
        ({}, {None: (0, 0)}),
        ({1: None}, {None: (0, 0), 1: (1, 0)}),
        ({1: None, 2: None, 3: 1, 4: 1}, {None: (0, 1.25), 1: (1, 0.5), 2: (1, 2), 3: (2, 0), 4: (2, 1)}),
    ],
)
def test_parents_stand_amid_what_is_under_them(parents, places):
    assert lay_out(parents) == {key: Place(*place) for key, place in places.items()}


@given(st.lists(st.integers(0, 40), max_size=40))
def test_no_two_boxes_of_a_column_share_a_row(choices):
    parents = {number: (choice % number or None) if number > 1 else None for number, choice in enumerate(choices, 1)}
    depth = {None: 0}
    for node, parent in parents.items():
        depth[node] = depth[parent] + 1

    places = lay_out(parents)

    assert {key: place.column for key, place in places.items()} == depth
    rows = {}
    for place in places.values():
        rows.setdefault(place.column, []).append(place.row)
    for column in rows.values():
        assert all(later - earlier >= 1 for earlier, later in zip(sorted(column), sorted(column)[1:], strict=False))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("short", ["short"]),
        ("two words", ["two words"]),
        ("three short words here", ["three short", "words here"]),
        ("没有人要求银行拒绝", ["没有人要求银", "行拒绝"]),
        ("x" * 30, ["x" * 12, "x" * 12, "x" * 6]),
        ("one two three four five six seven eight nine ten", ["one two", "three four", "five six…"]),
        ("", [""]),
    ],
)
def test_words_break_in_a_box(text, lines):
    assert broken(text, 12, 3) == lines


@given(st.text(max_size=300))
def test_no_line_is_wider_than_its_box(text):
    lines = broken(text, 30, 4)

    assert 1 <= len(lines) <= 4
    assert all(measure(line) <= 30 for line in lines)
    if not lines[-1].endswith("…"):
        assert "".join("".join(lines).split()) == "".join(text.split())


@pytest.mark.django_db
def test_the_page_draws_the_tree_with_its_gates_and_says_it_in_words(client):
    officer = UserFactory(role="risk")
    tree = CauseTreeFactory()
    first = write_node(actor=officer, tree_id=tree.pk, text="Paid <twice>", gate="and")
    for text in ("A 前端没有提示", "B"):
        write_node(actor=officer, tree_id=tree.pk, parent=first, text=text, kind="root")
    client.force_login(officer)

    page = client.get(reverse("identification:tree_detail", args=[tree.reference])).content.decode()

    svg = page[page.index('<svg class="why"') : page.index("</svg>", page.index('<svg class="why"'))]
    nodes = list(tree.nodes.all())
    assert svg.count("<rect") == 1 + len(nodes)
    assert svg.count("why-root") == sum(node.kind == "root" for node in nodes)
    assert "Paid &lt;twice&gt;" in svg
    assert ">&amp;</text>" in svg
    assert "The same stands in the list below." in svg
    drawing = draw_tree(tree, nodes)
    assert all(box.x + box.width <= drawing.width and box.y >= 0 for box in drawing.boxes)
    assert all(box.y + box.height <= drawing.height for box in drawing.boxes)
    assert not re.search(r'="\d+,\d', svg)


@pytest.mark.django_db
def test_a_tree_without_causes_has_no_drawing(client):
    officer = UserFactory(role="risk")
    tree = CauseTreeFactory()
    client.force_login(officer)

    page = client.get(reverse("identification:tree_detail", args=[tree.reference])).content.decode()

    assert '<svg class="why"' not in page
    assert "No cause is named yet." in page
