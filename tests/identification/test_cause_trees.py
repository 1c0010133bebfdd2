from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connections, transaction
from django.urls import reverse

from identification.models import CauseNode, CauseTree
from identification.rules.cause_trees import hurdle_to_moving
from identification.services.cause_trees import remove_node, write_node
from risk.models import RiskProposal
from tests.factories import UserFactory
from tests.factories.identification import CauseNodeFactory, CauseTreeFactory
from tests.factories.losses import IncidentFactory, LossFactory
from tests.factories.risk import RiskFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(db):
    return UserFactory(role="risk")


def written(officer, tree, text="No check 为什么 <script>", parent=None, **more):
    return write_node(actor=officer, tree_id=tree.pk, text=text, parent=parent, **more)


def branch(tree, length):
    """Causes one under the other; the first leads to the top event."""
    nodes = []
    for _ in range(length):
        nodes.append(CauseNodeFactory(tree=tree, parent=nodes[-1] if nodes else None))
    return nodes


@pytest.mark.parametrize(
    ("parents", "node", "parent", "hurdle"),
    [
        ({}, None, None, ""),
        ({1: None}, 1, 1, "circle"),
        ({1: None, 2: 1, 3: 2}, 1, 3, "circle"),
        ({1: None, 2: 1, 3: 2}, 3, 1, ""),
        ({n: n - 1 or None for n in range(1, 13)}, None, 12, "deep"),
        ({n: n - 1 or None for n in range(1, 12)}, None, 11, ""),
        ({**{n: n - 1 or None for n in range(1, 12)}, 20: None, 21: 20}, 20, 11, "deep"),
        ({1: 2, 2: 1}, None, 1, ""),
    ],
)
def test_where_a_cause_may_stand(parents, node, parent, hurdle):
    assert hurdle_to_moving(parents, node, parent) == hurdle


def test_a_cause_is_moved_with_what_stands_under_it_and_never_under_itself(officer):
    tree = CauseTreeFactory()
    first, second, third = branch(tree, 3)

    with pytest.raises(ValidationError, match="does not lead to itself"):
        write_node(actor=officer, tree_id=tree.pk, node_id=first.pk, parent=third, text=first.text)
    write_node(actor=officer, tree_id=tree.pk, node_id=second.pk, parent=None, text=second.text)

    third.refresh_from_db()
    assert third.parent == second
    assert tree.nodes.get(pk=second.pk).parent is None


def test_a_branch_has_twelve_causes_and_no_more(officer):
    tree = CauseTreeFactory()
    nodes = branch(tree, 12)

    with pytest.raises(ValidationError, match="at most 12"):
        written(officer, tree, parent=nodes[-1])
    with pytest.raises(DatabaseError, match="at most 12"), transaction.atomic():
        CauseNodeFactory(tree=tree, parent=nodes[-1])


@pytest.mark.parametrize("more", [{"text": " "}, {"text": "x" * 301}, {"kind": "other"}, {"gate": "xor"}])
def test_a_cause_that_cannot_be_is_refused_by_name(officer, more):
    tree = CauseTreeFactory()

    with pytest.raises(ValidationError) as refused:
        written(officer, tree, **more)

    assert set(more) <= set(refused.value.message_dict)


def test_sql_makes_no_circle_and_mixes_no_trees(officer):
    tree = CauseTreeFactory()
    first, second = branch(tree, 2)
    stranger = CauseNodeFactory()

    for change in ({"parent": second}, {"parent": first}, {"parent": stranger}, {"tree": stranger.tree}):
        with pytest.raises(DatabaseError), transaction.atomic():
            CauseNode.objects.filter(pk=first.pk).update(**change)
    with pytest.raises(ValidationError, match="another tree"):
        written(officer, tree, parent=stranger)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("by", ["service", "sql"])
def test_of_two_moves_at_once_that_would_make_a_circle_one_is_refused(by):
    officer = UserFactory(role="risk")
    tree = CauseTreeFactory(begun_by=officer)
    one, two = CauseNodeFactory(tree=tree), CauseNodeFactory(tree=tree)
    start, refused = Barrier(2), []

    def move(node, under):
        try:
            start.wait()
            if by == "service":
                write_node(actor=officer, tree_id=tree.pk, node_id=node.pk, parent=under, text=node.text)
            else:
                CauseNode.objects.filter(pk=node.pk).update(parent=under)
        except (ValidationError, DatabaseError) as error:
            refused.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=move, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert len(refused) == 1
    assert sorted(str(node.parent_id) for node in tree.nodes.all()).count("None") == 1


def test_a_cause_is_removed_once_nothing_stands_under_it(officer):
    tree = CauseTreeFactory()
    first, second = branch(tree, 2)
    with pytest.raises(ValidationError, match="stand under it"):
        remove_node(actor=officer, tree_id=tree.pk, node_id=first.pk)

    remove_node(actor=officer, tree_id=tree.pk, node_id=second.pk)
    remove_node(actor=officer, tree_id=tree.pk, node_id=first.pk)

    assert not tree.nodes.exists()


@pytest.mark.parametrize("kind", ["incident", "loss"])
def test_the_page_of_an_incident_and_of_a_loss_leads_to_its_one_tree(client, officer, kind):
    record = IncidentFactory(owner=officer) if kind == "incident" else LossFactory(recorded_by=officer)
    page = reverse(f"incidents:{kind}_detail", args=[record.reference])
    new = f"{reverse('identification:tree_create')}?subject={kind}:{record.pk}"
    client.force_login(officer)
    assert f'href="{new}"' in client.get(page).content.decode()
    assert str(record) in client.get(new).content.decode()

    made = client.post(new, {"top_event": "Sent twice", "line": "", "risk": ""})

    again = client.post(new, {"top_event": "Sent twice", "line": "", "risk": ""})
    assert (made.status_code, again.status_code) == (302, 422)
    assert f'href="{made.url}"' in client.get(page).content.decode()
    assert f'href="{page}"' in client.get(made.url).content.decode()
    assert CauseTree.objects.get().subject_key == f"{kind}:{record.pk}"


@pytest.mark.parametrize(
    "key", ["incident:999999", "incident:x", "nothing:1", "incident", ":", "incident:" + "9" * 40, "ⅷ:٣"]
)
def test_a_tree_of_what_is_not_there_is_not_begun(client, officer, key):
    client.force_login(officer)

    assert client.get(reverse("identification:tree_create"), {"subject": key}).status_code == 404


def test_a_tree_is_grown_by_hand_and_proposes_its_root_cause(client, officer):
    client.force_login(officer)
    risk = RiskFactory()
    made = client.post(
        reverse("identification:tree_create"), {"top_event": "文件发送两次", "line": "", "risk": risk.pk}
    )
    tree = CauseTree.objects.get()
    add = reverse("identification:node_add", args=[tree.reference])
    base = {"kind": "cause", "gate": "and", "parent": ""}
    client.post(add, base | {"text": "No check <script>x</script>"})
    first = tree.nodes.get()
    client.post(add, base | {"text": "Nobody owns it", "parent": first.pk, "kind": "root", "evidence": "Minutes"})
    root = tree.nodes.get(kind="root")
    refused = client.post(add, base | {"text": ""})
    circle = client.post(reverse("identification:node_edit", args=[first.pk]), base | {"text": "x", "parent": root.pk})

    page = client.get(made.url + "?under=٣").content.decode().split("<main")[1]
    assert (refused.status_code, circle.status_code) == (422, 422)
    assert "<script>" not in page
    assert page.index("Nobody owns it") < page.index("No check")
    url = reverse("identification:node_propose", args=[root.pk])
    for _twice in range(2):
        client.post(url, {"title": "Nobody owns it", "risk_class": "operational", "line": ""})
    assert RiskProposal.objects.get().source_key == f"cause_tree:{root.pk}"
    assert client.get(reverse("identification:node_propose", args=[first.pk])).status_code == 404
    assert tree.reference in client.get(reverse("risk:risk_detail", args=[risk.reference])).content.decode()
    client.post(reverse("identification:node_remove", args=[first.pk]))
    client.post(reverse("identification:node_remove", args=[root.pk]))
    assert [node.pk for node in tree.nodes.all()] == [first.pk]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_ask_the_same_for_one_row_and_three(client, officer, django_assert_max_num_queries, rows):
    tree = CauseTreeFactory()
    branch(tree, rows)
    CauseTreeFactory.create_batch(rows)
    client.force_login(officer)
    for page, args, most in (("tree_list", [], 14), ("tree_detail", [tree.reference], 13)):
        url = reverse(f"identification:{page}", args=args)
        client.get(url)
        with django_assert_max_num_queries(most):
            client.get(url)


def test_a_tree_of_another_line_is_not_there_and_a_reader_grows_none(client):
    node = CauseNodeFactory(tree__line_id="wealth", kind="root")
    client.force_login(UserFactory(role="risk", business_lines=["payment"]))
    assert client.get(reverse("identification:tree_detail", args=[node.tree.reference])).status_code == 404
    assert client.get(reverse("identification:node_edit", args=[node.pk])).status_code == 404
    client.force_login(UserFactory(role="management"))
    assert client.post(reverse("identification:node_remove", args=[node.pk])).status_code == 403
    client.force_login(UserFactory(role="marketing"))
    assert client.get(reverse("identification:tree_list")).status_code == 403


def test_a_program_grows_a_tree(client, officer):
    client.force_login(officer)
    send = {"content_type": "application/json"}

    tree = client.post("/api/v1/cause-trees/", {"top_event": "Sent twice"}, **send).json()
    url = f"/api/v1/cause-trees/{tree['reference']}/add/"
    first = client.post(url, {"text": "No check"}, **send).json()["nodes"][0]
    grown = client.post(url, {"text": "No owner", "parent": first["id"], "kind": "root"}, **send)

    assert [node["parent"] for node in grown.json()["nodes"]] == [None, first["id"]]
