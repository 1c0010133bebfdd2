from datetime import timedelta
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from incidents.models import ActivationCall, PlanVersion
from incidents.rules.call_tree import Call, most_score, read_tree, share_in_time, tree_as_text
from incidents.services.activations import end_activation
from incidents.services.calls import mark_reached, pass_to_deputies
from incidents.services.plans import write_version
from staff.models import Notification
from tests.factories import UserFactory
from tests.factories.incidents import PlanFactory, PlanVersionFactory, an_activation
from tests.factories.staff import past_the_guards

KNOWN = {"a@x", "b@x", "c@x", "d@x"}
NOW = timezone.now


def test_a_tree_is_read_by_its_indents():
    text = "10 a@x / b@x\n  20 C@X\n\n    30 d@x\n15 b@x"

    read = read_tree(text, KNOWN)

    assert read == [
        Call(1, 10, "a@x", "b@x", None),
        Call(2, 20, "c@x", "", 0),
        Call(3, 30, "d@x", "", 1),
        Call(1, 15, "b@x", "", None),
    ]
    assert read_tree(tree_as_text(read), KNOWN) == read
    assert read_tree(" \n", KNOWN) == []


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a@x", "line 1 is not"),
        ("10 a@x\n5: b@x", "line 2 is not"),
        ("10 z@x", "nobody called “z@x”"),
        ("10 a@x / z@x", "nobody called “z@x”"),
        ("10 a@x / a@x", "their own deputy"),
        ("10 a@x\n20 a@x", "stands in the tree twice"),
        ("10 a@x\n  5 b@x", "before the line above"),
        ("2000 a@x", "more than a day"),
        ("\n".join(["1 a@x"] * 101), "at most 100 people"),
    ],
)
def test_what_is_no_call_is_said_with_its_line(text, why):
    with pytest.raises(ValueError, match=why):
        read_tree(text, KNOWN)


@pytest.mark.parametrize(
    ("reached", "most"),
    [([], 5), ([True] * 9 + [False], 5), ([True] * 3 + [False], 4), ([True, False], 3), ([False] * 4, 1)],
)
def test_a_drill_scores_no_higher_than_the_people_it_reached_in_time(reached, most):
    assert most_score(share_in_time(reached)) == most
    assert share_in_time([True, False]) == Fraction(1, 2)


def a_tree(*, deputy=True):
    """A plan whose tree has two people, the first with a deputy, the second called by the first."""
    people = [UserFactory(role="risk") for _ in range(3)]
    plan = PlanFactory(written=False)
    second = f"\n  30 {people[2].email}"
    stand_in = f" / {people[1].email}" if deputy else ""
    version = write_version(
        actor=plan.owner, plan_id=plan.pk, triggers="Payouts fail", steps="5 risk: Call the bank", calls=[], at=NOW(),
        tree=f"10 {people[0].email}{stand_in}{second}",
    )  # fmt: skip
    plan.version = version
    with past_the_guards():
        plan.save(update_fields=["version"])
    return plan, people


@pytest.mark.django_db
def test_activating_lays_out_who_calls_whom_and_by_when():
    plan, people = a_tree()
    board = an_activation(plan)

    rows = board.calls.values_list("level", "person", "deputy", "caller", "due_at")
    assert list(rows) == [
        (1, people[0].pk, people[1].pk, board.activated_by_id, board.activated_at + timedelta(minutes=10)),
        (2, people[2].pk, None, people[0].pk, board.activated_at + timedelta(minutes=30)),
    ]


@pytest.mark.django_db
def test_who_has_left_is_not_called_and_their_deputy_is():
    plan, people = a_tree()
    with past_the_guards():
        for gone in (people[0], people[2]):
            gone.is_active = False
            gone.save(update_fields=["is_active"])

    call = an_activation(plan).calls.get()
    assert (call.person, call.deputy) == (people[1], None)


@pytest.mark.django_db
def test_an_address_that_may_not_be_called_is_refused_and_a_version_never_changes():
    plan = PlanFactory()
    with pytest.raises(ValidationError, match="nobody called"):
        write_version(
            actor=plan.owner, plan_id=plan.pk, triggers="x", steps="5: x", calls=[], tree="5 me@else.test", at=NOW()
        )
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        PlanVersion.objects.update(tree=[])


@pytest.mark.django_db
def test_a_call_that_reaches_nobody_in_time_is_passed_to_the_deputy_once():
    plan, people = a_tree()
    board = an_activation(plan, at=NOW() - timedelta(minutes=11))

    assert pass_to_deputies(at=NOW()) == 1
    assert pass_to_deputies(at=NOW()) == 0

    told = Notification.objects.filter(key__startswith="call:")
    assert list(told.values_list("user", flat=True)) == [people[1].pk]
    assert board.calls.filter(escalated_at__isnull=False).count() == 1


@pytest.mark.django_db
def test_without_a_deputy_who_calls_hears_of_it_and_an_ended_board_passes_nothing_on():
    plan, _people = a_tree(deputy=False)
    board = an_activation(plan, at=NOW() - timedelta(hours=2))
    end_activation(actor=plan.owner, activation_id=board.pk, outcome="False alarm", lessons="", score=None, at=NOW())
    assert pass_to_deputies(at=NOW()) == 0

    board = an_activation(plan, at=NOW() - timedelta(minutes=11))
    pass_to_deputies(at=NOW())

    assert Notification.objects.get(key__startswith="call:").user == board.activated_by


@pytest.mark.django_db
def test_who_is_reached_is_noted_once_and_the_database_takes_nobody_else():
    plan, people = a_tree()
    board = an_activation(plan)
    first, second = board.calls.all()

    mark_reached(actor=people[0], call_id=first.pk, by_deputy=True, at=NOW())
    again = mark_reached(actor=people[0], call_id=first.pk, at=NOW() + timedelta(hours=1))

    assert (again.reached, again.in_time) == (people[1], True)
    with pytest.raises(ValidationError, match="no deputy"):
        mark_reached(actor=people[0], call_id=second.pk, by_deputy=True, at=NOW())
    with pytest.raises(DatabaseError), transaction.atomic():
        ActivationCall.objects.filter(pk=second.pk).update(reached=people[0], reached_at=NOW())


@pytest.mark.django_db
def test_a_drill_that_reached_half_in_time_gets_three_at_most():
    plan, people = a_tree()
    board = an_activation(plan, is_drill=True)
    mark_reached(actor=people[0], call_id=board.calls.first().pk, at=NOW())
    ending = {
        "actor": plan.owner,
        "activation_id": board.pk,
        "outcome": "Half of it worked",
        "lessons": "",
        "at": NOW(),
    }

    with pytest.raises(ValidationError, match="1 of 2 were reached in time: the score is at most 3"):
        end_activation(**ending, score=4)

    assert end_activation(**ending, score=3).score == 3


@pytest.mark.django_db
def test_the_board_shows_the_tree_and_takes_who_was_reached(client):
    plan, people = a_tree()
    board = an_activation(plan)
    revision = board.revision
    client.force_login(people[0])

    client.post(reverse("incidents:call_reached", args=[board.calls.first().pk]), {"deputy": "1"})
    page = client.get(reverse("incidents:activation_board", args=[board.pk]), {"since": revision}).content.decode()

    assert f"reached {people[1]}" in page
    assert "1 of 2 reached in time" in page


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_the_board_asks_as_often_for_any_number_of_calls(client, rows):
    people = [UserFactory(role="risk") for _ in range(rows)]
    tree = [{"level": 1, "minutes": 5, "person": one.pk, "deputy": None, "caller": None} for one in people]
    plan = PlanFactory(written=False)
    plan.version = PlanVersionFactory(plan=plan, tree=tree)
    with past_the_guards():
        plan.save(update_fields=["version"])
    board = an_activation(plan)
    client.force_login(plan.owner)
    url = reverse("incidents:activation_board", args=[board.pk])
    client.get(url)

    with CaptureQueriesContext(connection) as asked:
        client.get(url)

    assert len(asked) <= 9


@pytest.mark.django_db
def test_who_was_reached_is_noted_over_the_api(client):
    plan, people = a_tree()
    board = an_activation(plan)
    client.force_login(people[0])

    answer = client.post(f"/api/v1/activations/{board.pk}/reach/", {"position": 1})

    assert answer.json()["calls"][0]["reached"] == people[0].pk
    assert client.post(f"/api/v1/activations/{board.pk}/reach/", {"position": 9}).status_code == 400
