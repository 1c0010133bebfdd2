"""Two checkers at once, carrying out twice at once, a connection that dies in the middle, a clock that ticks twice."""

import os
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils import timezone

from audit.models import Event
from staff import changes
from staff.changes import Command, version_of
from staff.models import ChangePolicy, ChangeRequest, Notification, Team, User
from staff.services.changes import (
    approve,
    escalate_due,
    execute_approved,
    execute_due,
    expire_due,
    propose,
    remind_due,
)
from tests.factories import TeamFactory, UserFactory
from tests.factories.changes import promotion
from tests.factories.staff import past_the_guards

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def queued(monkeypatch):
    """Requests that were given to the workers."""
    from staff.services import change_execution
    from staff.services import changes as service

    ids = []
    monkeypatch.setattr(service.execute_approved_task, "delay_on_commit", ids.append)
    monkeypatch.setattr(change_execution.execute_approved_task, "delay", ids.append)
    return ids


@pytest.fixture
def staff(transactional_db):
    maker, person = UserFactory(role="administrator"), UserFactory(role="service")
    return maker, person, [UserFactory(role="compliance"), UserFactory(role="administrator")]


def at_once(*calls):
    """Start the calls in the same moment, each over a connection of its own; return results or errors."""
    barrier = Barrier(len(calls))

    def run(call):
        try:
            barrier.wait(10)
            return call()
        except ValidationError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_two_checkers_at_once_are_counted_one_after_the_other(staff, queued):
    maker, person, checkers = staff
    request = promotion(maker, person)

    answers = at_once(*(lambda c=c: approve(actor=c, request_id=request.pk, at=timezone.now()) for c in checkers))

    refused = [answer for answer in answers if isinstance(answer, ValidationError)]
    assert ["not waiting any more" in answer.messages[0] for answer in refused] == [True]
    assert (ChangeRequest.objects.get(pk=request.pk).state, queued) == ("approved", [request.pk])


def test_the_same_checker_twice_at_once_is_one_voice(staff):
    maker, person, (checker, _other) = staff
    request = promotion(maker, person)

    answers = at_once(*[lambda: approve(actor=checker, request_id=request.pk, at=timezone.now())] * 2)

    assert sum(isinstance(answer, ValidationError) for answer in answers) == 1
    assert request.approvals.count() == 1


def test_carrying_out_twice_at_once_does_it_once(staff):
    maker, person, (checker, _other) = staff
    request = promotion(maker, person, roles=["risk", "service"])
    approve(actor=checker, request_id=request.pk, at=timezone.now())

    at_once(*[lambda: execute_approved(request_id=request.pk, at=timezone.now())] * 3)

    assert User.objects.get(pk=person.pk).roles == {"risk", "service"}
    assert Event.objects.filter(approval_id=request.pk, table_name="staff_user_groups").count() == 1
    assert Notification.objects.filter(user=maker, key=f"change:{request.pk}:executed").count() == 1


def test_an_approval_of_another_transaction_opens_nothing(staff):
    maker, person, (checker, _other) = staff
    request = promotion(maker, person, roles=["risk", "service"])
    approve(actor=checker, request_id=request.pk, at=timezone.now())
    execute_approved(request_id=request.pk, at=timezone.now())
    with past_the_guards():
        person.groups.clear()

    with pytest.raises(DatabaseError, match="needs an approved change request"):
        used_again(request, person)


def used_again(request, person):
    """As somebody would who has seen the number of an approval."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('audit.approval', %s, true)", [str(request.pk)])
        cursor.execute(
            "INSERT INTO staff_user_groups (user_id, group_id) SELECT %s, id FROM auth_group WHERE name = 'risk'",
            [person.pk],
        )


def lose_connection():
    """As when the process or the network dies: the server hears no more, and rolls back."""
    with socket.socket(fileno=os.dup(connection.connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def dying(staff, monkeypatch):
    """A command that kills its own connection in the middle as long as `state["alive"]` is false."""
    state = {"alive": False, "runs": 0}

    def rename(*, actor, arguments, request):
        Team.objects.filter(pk=arguments["team_id"]).update(name=arguments["name"])
        state["runs"] += 1
        if not state["alive"]:
            lose_connection()
        return "renamed"

    command = Command(
        name="test.team.rename",
        label="Rename a team",
        permission="staff.change_team",
        execute=rename,
        describe=lambda arguments: [("Name", "", arguments["name"])],
        version=lambda arguments: version_of(Team.objects.filter(pk=arguments["team_id"]), "name"),
        target=lambda arguments: ("staff_team", arguments["team_id"]),
    )
    monkeypatch.setitem(changes.COMMANDS, command.name, command)
    with past_the_guards():
        ChangePolicy.objects.create(
            command=command.name, starts_at=timezone.now() - timedelta(days=1), check_permission="staff.check_account"
        )
    return state


def asked(maker, team):
    return propose(
        actor=maker,
        command="test.team.rename",
        arguments={"team_id": team.pk, "name": "New"},
        reason="Better",
        at=timezone.now(),
    )


def test_what_dies_in_the_middle_stays_approved_and_is_taken_up(staff, dying, queued):
    maker, _person, (checker, _other) = staff
    team = TeamFactory(name="Old")
    request = asked(maker, team)
    approve(actor=checker, request_id=request.pk, at=timezone.now())

    with pytest.raises(OperationalError):
        execute_approved(request_id=request.pk, at=timezone.now())
    connection.close()

    assert (ChangeRequest.objects.get(pk=request.pk).state, Team.objects.get(pk=team.pk).name) == ("approved", "Old")
    queued.clear()
    assert (execute_due(at=timezone.now()), queued) == (1, [request.pk])
    dying["alive"] = True
    done = execute_approved(request_id=request.pk, at=timezone.now())
    assert (done.state, done.result, dying["runs"]) == ("executed", "renamed", 2)
    assert (Team.objects.get(pk=team.pk).name, execute_due(at=timezone.now())) == ("New", 0)


def test_nobody_slips_a_change_between_comparing_and_carrying_out(staff, dying):
    """The target is locked before its version is compared."""
    maker, _person, (checker, _other) = staff
    dying["alive"] = True
    team = TeamFactory(name="Old")
    request = asked(maker, team)
    approve(actor=checker, request_id=request.pk, at=timezone.now())

    at_once(
        lambda: execute_approved(request_id=request.pk, at=timezone.now()),
        lambda: Team.objects.filter(pk=team.pk, name="Old").update(name="Other"),
    )

    state, name = ChangeRequest.objects.get(pk=request.pk).state, Team.objects.get(pk=team.pk).name
    assert (state, name) in {("executed", "New"), ("stale", "Other")}


def test_each_step_of_the_clock_is_taken_once_however_often_it_ticks(staff):
    maker, person, (checker, _other) = staff
    request = promotion(maker, person)
    hours = lambda n: timezone.now() + timedelta(hours=n)  # noqa: E731

    assert (remind_due(hours(7)), escalate_due(hours(7)), expire_due(hours(7))) == (0, 0, 0)
    assert sum(at_once(*[lambda: remind_due(hours(9))] * 3)) == 1
    assert sum(at_once(*[lambda: escalate_due(hours(25))] * 3)) == 1
    assert sum(at_once(*[lambda: expire_due(hours(73))] * 3)) == 1

    heard = Notification.objects.filter(user=checker, key__startswith=f"change:{request.pk}:")
    assert sorted(heard.values_list("key", flat=True)) == [
        f"change:{request.pk}:{step}" for step in ["escalated", "proposed", "reminder"]
    ]
    assert ChangeRequest.objects.get(pk=request.pk).state == "expired"
    assert Notification.objects.filter(user=maker, key=f"change:{request.pk}:expired").count() == 1
