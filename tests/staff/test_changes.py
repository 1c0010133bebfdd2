"""The life of a change request: asked for, judged by others, carried out once, or not at all."""

import hashlib
import json
from datetime import UTC, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from audit.models import Event
from audit.rules.canonical import canonical_json
from staff.models import ChangePolicy, ChangeRequest, ChangeState, Notification, User
from staff.services.account_changes import propose_access, propose_deactivation, propose_user
from staff.services.changes import (
    approve,
    delegate,
    execute_approved,
    propose,
    refuse,
    review_break_glass,
    revoke_delegation,
    withdraw,
)
from staff.services.people import change_access
from tests.factories import UserFactory
from tests.factories.changes import agreed, promotion
from tests.factories.staff import past_the_guards

pytestmark = pytest.mark.django_db


@pytest.fixture
def maker():
    return UserFactory(role="administrator", full_name="Grace")


@pytest.fixture
def checker():
    return UserFactory(role="compliance", full_name="Li Na")


@pytest.fixture
def person():
    return UserFactory(role="service", full_name="Lin")


def test_a_role_is_given_once_somebody_else_agrees(maker, checker, person):
    request = promotion(maker, person, roles=["risk", "service"])
    assert User.objects.get(pk=person.pk).roles == {"service"}

    approve(actor=checker, request_id=request.pk, comment="Known to me", at=timezone.now())
    done = execute_approved(request_id=request.pk, at=timezone.now())

    assert (done.state, User.objects.get(pk=person.pk).roles) == ("executed", {"risk", "service"})
    event = Event.objects.filter(table_name="staff_user_groups", kind="insert").latest("id")
    assert (event.approval_id, event.actor_id, event.reason) == (request.pk, maker.pk, "Promoted")


def test_a_request_says_in_canonical_json_what_its_hash_is_over(maker, person):
    request = promotion(maker, person)

    said = {"arguments": request.said, "command": "staff.user.change", "writes": json.loads(request.writes)}
    assert request.hash == hashlib.sha256(canonical_json(said)).hexdigest()
    assert request.arguments.encode() == canonical_json(request.said)


def test_before_and_after_are_readable_in_three_languages(maker, person):
    request = promotion(maker, person, roles=["risk"])

    assert request.differences == [("Roles", "Customer service", "Risk")]
    assert set(request.shown) == {"en", "zh-hans", "zh-hant"}
    assert request.title == "Change roles, scope or e-mail: Lin"


def test_nobody_approves_what_they_asked_for_even_with_the_right(maker, person):
    request = promotion(maker, person)

    with pytest.raises(PermissionDenied, match="You asked for this yourself"):
        approve(actor=maker, request_id=request.pk, at=timezone.now())
    with pytest.raises(PermissionDenied):
        refuse(actor=maker, request_id=request.pk, comment="No", at=timezone.now())


@pytest.mark.parametrize("role", ["service_lead", "risk", "management", "internal_audit"])
def test_who_lacks_the_right_of_the_policy_approves_nothing(maker, person, role):
    request = promotion(maker, person)

    with pytest.raises(PermissionDenied, match="may not judge"):
        approve(actor=UserFactory(role=role), request_id=request.pk, at=timezone.now())


def test_one_refusal_ends_it_and_the_maker_hears_why(maker, checker, person):
    request = promotion(maker, person)

    with pytest.raises(ValidationError, match="Say why"):
        refuse(actor=checker, request_id=request.pk, comment=" ", at=timezone.now())
    refuse(actor=checker, request_id=request.pk, comment="Not yet", at=timezone.now())

    assert ChangeRequest.objects.get(pk=request.pk).state == ChangeState.REFUSED
    assert Notification.objects.filter(user=maker, key=f"change:{request.pk}:refused").count() == 1
    with pytest.raises(ValidationError, match="not waiting"):
        approve(actor=UserFactory(role="administrator"), request_id=request.pk, at=timezone.now())


def test_a_second_request_about_the_same_is_refused_while_one_waits(maker, checker, person):
    request = promotion(maker, person)

    with pytest.raises(ValidationError, match=f"number {request.pk}, asked for by Grace"):
        promotion(UserFactory(role="administrator"), person, roles=["compliance"])

    withdraw(actor=maker, request_id=request.pk, at=timezone.now())
    assert promotion(maker, person, roles=["compliance"]).pk != request.pk


def test_only_the_maker_withdraws_and_only_what_is_open(maker, checker, person):
    request = promotion(maker, person)
    with pytest.raises(PermissionDenied):
        withdraw(actor=checker, request_id=request.pk, at=timezone.now())

    agreed(request, checker)

    with pytest.raises(ValidationError, match="Carried out"):
        withdraw(actor=maker, request_id=request.pk, at=timezone.now())


def test_a_policy_of_two_approvals_waits_for_the_second(maker, person):
    first, second = UserFactory(role="compliance"), UserFactory(role="management")
    request = propose(
        actor=maker, command="staff.policy.change", arguments=policy_arguments(approvals=2), reason="Stricter",
        at=timezone.now(),
    )  # fmt: skip

    approve(actor=first, request_id=request.pk, at=timezone.now())
    assert ChangeRequest.objects.get(pk=request.pk).state == ChangeState.PENDING
    with pytest.raises(ValidationError, match="judged this request already"):
        approve(actor=first, request_id=request.pk, at=timezone.now())
    agreed(request, second)

    assert ChangePolicy.objects.in_force(timezone.now()).get(command="staff.user.activate").approvals == 2


def policy_arguments(**terms):
    now = timezone.now().replace(microsecond=0)
    return {
        "command": "staff.user.activate", "starts_at": now.astimezone(UTC).isoformat(),
        "check_permission": "staff.check_account", "approvals": 1, "bands": [], "expiry_hours": 72,
        "remind_after_hours": 8, "escalate_after_hours": 24, "escalate_to": "compliance", "break_glass": False, **terms,
    }  # fmt: skip


def test_a_policy_that_nobody_could_satisfy_is_refused(maker):
    with pytest.raises(ValidationError, match="asks for 5 approvals, and only 1 "):
        propose(
            actor=maker, command="staff.policy.change", arguments=policy_arguments(approvals=5), reason="x",
            at=timezone.now(),
        )  # fmt: skip


def test_what_has_changed_since_is_not_carried_out(maker, checker, person):
    request = promotion(maker, person)
    other = propose_deactivation(actor=maker, user_ids=[person.pk], reason="Left", at=timezone.now())
    agreed(other, checker)

    approve(actor=checker, request_id=request.pk, at=timezone.now())
    done = execute_approved(request_id=request.pk, at=timezone.now())

    assert (done.state, done.error) == ("stale", "The record has changed since this was asked for.")
    assert User.objects.get(pk=person.pk).roles == {"service"}


def test_an_expired_request_is_neither_approved_nor_carried_out(maker, checker, person):
    request = promotion(maker, person)
    late = timezone.now() + timedelta(hours=73)

    with pytest.raises(ValidationError, match="has expired"):
        approve(actor=checker, request_id=request.pk, at=late)
    approve(actor=checker, request_id=request.pk, at=timezone.now())

    assert execute_approved(request_id=request.pk, at=late).state == "expired"
    assert User.objects.get(pk=person.pk).roles == {"service"}


def test_carrying_out_twice_does_it_once(maker, checker, person):
    request = promotion(maker, person)
    first = agreed(request, checker)

    second = execute_approved(request_id=request.pk, at=timezone.now() + timedelta(hours=1))

    assert (second.state, second.executed_at) == ("executed", first.executed_at)
    assert Event.objects.filter(approval_id=request.pk, table_name="staff_user_groups").count() == 2


def test_a_command_that_fails_says_why_and_has_changed_nothing(maker, checker):
    request = propose_user(
        actor=maker, email="new@example.test", full_name="New", roles=["risk"], reason="Joins", at=timezone.now()
    )
    UserFactory(email="new@example.test")

    done = agreed(request, checker)

    assert (done.state, done.executed_at) == ("failed", None)
    assert "already in use" in ChangeRequest.objects.get(pk=request.pk).error
    assert not User.objects.filter(full_name="New").exists()


def test_a_maker_who_has_lost_the_right_since_gets_nothing_done(maker, checker, person):
    request = promotion(maker, person)
    approve(actor=checker, request_id=request.pk, at=timezone.now())

    with past_the_guards():
        maker.groups.clear()

    assert execute_approved(request_id=request.pk, at=timezone.now()).state == "failed"


def test_many_people_are_one_request(maker, checker):
    people = [UserFactory(role="service") for _ in range(3)]
    request = propose_deactivation(
        actor=maker, user_ids=[person.pk for person in people], reason="Branch closed", at=timezone.now()
    )

    assert len(request.differences) == 3
    agreed(request, checker)

    assert not User.objects.filter(pk__in=[person.pk for person in people], is_active=True).exists()


def test_glass_is_broken_at_once_and_reviewed_by_somebody_else(maker, checker, person):
    request = propose_deactivation(
        actor=maker, user_ids=[person.pk], reason="Stolen laptop", at=timezone.now(), break_glass=True
    )

    assert (request.state, User.objects.get(pk=person.pk).is_active) == ("executed", False)
    assert Notification.objects.filter(user=checker, key=f"change:{request.pk}:glass").exists()
    with pytest.raises(PermissionDenied):
        review_break_glass(actor=maker, request_id=request.pk, verdict="approve", comment="Mine", at=timezone.now())
    reviewed = review_break_glass(
        actor=checker, request_id=request.pk, verdict="approve", comment="Right", at=timezone.now()
    )
    assert reviewed.reviewed_by == checker
    with pytest.raises(ValidationError):
        review_break_glass(actor=checker, request_id=request.pk, verdict="refuse", comment="No", at=timezone.now())


def test_glass_breaks_only_where_the_policy_says_so(maker, person):
    arguments = {
        "user_id": person.pk,
        "email": person.email,
        "roles": ["administrator"],
        "business_lines": [],
        "regions": [],
    }

    with pytest.raises(ValidationError, match="does not let this be done at once"):
        propose(
            actor=maker,
            command="staff.user.change",
            arguments=arguments,
            reason="Now",
            at=timezone.now(),
            break_glass=True,
        )


def test_a_delegate_judges_in_the_givers_place_and_both_are_one_voice(maker, checker, person):
    taker, now = UserFactory(role="service_lead"), timezone.now()
    delegation = delegate(
        actor=checker, taker=taker, starts_at=now, ends_at=now + timedelta(days=3), reason="Holiday", at=now
    )
    request = promotion(maker, person)

    approve(actor=taker, request_id=request.pk, at=timezone.now())

    approval = request.approvals.get()
    assert (approval.checker, approval.authority) == (taker, checker)
    revoke_delegation(actor=checker, delegation_id=delegation.pk, at=timezone.now())
    second = promotion(maker, UserFactory(role="service"))
    with pytest.raises(PermissionDenied):
        approve(actor=taker, request_id=second.pk, at=timezone.now())


def test_a_maker_does_not_approve_through_a_delegate(maker, person):
    taker, now = UserFactory(role="service_lead"), timezone.now()
    delegate(actor=maker, taker=taker, starts_at=now, ends_at=now + timedelta(days=3), reason="Holiday", at=now)
    request = promotion(maker, person)

    with pytest.raises(PermissionDenied):
        approve(actor=taker, request_id=request.pk, at=timezone.now())


def test_who_has_no_right_to_check_hands_none_on(person):
    now = timezone.now()
    with pytest.raises(PermissionDenied):
        delegate(
            actor=UserFactory(role="service"),
            taker=person,
            starts_at=now,
            ends_at=now + timedelta(days=1),
            reason="x",
            at=now,
        )


def test_arguments_that_fit_no_command_are_refused_with_a_sentence(maker):
    for arguments in [{}, {"user_id": "x"}, {"user_id": 2**60}, {"user_ids": []}]:
        for command in ["staff.user.change", "staff.user.deactivate", "staff.mfa.reset"]:
            with pytest.raises(ValidationError), transaction.atomic():
                propose(actor=maker, command=command, arguments=arguments, reason="x", at=timezone.now())
    with pytest.raises(ValidationError, match="knows no action"):
        propose(actor=maker, command="staff.nothing", arguments={}, reason="x", at=timezone.now())


def test_the_same_access_is_no_request(maker, person):
    kept = {"email": person.email, "roles": ["service"], "business_lines": [], "regions": []}

    assert propose_access(actor=maker, user_id=person.pk, reason="x", at=timezone.now(), **kept) is None


def test_without_an_approval_a_service_is_refused_by_the_database(maker, person):
    UserFactory(role="administrator")
    UserFactory(role="administrator")

    with pytest.raises(DatabaseError, match="needs an approved change request"), transaction.atomic():
        change_access(actor=maker, user_id=person.pk, email=person.email, roles=["risk"], business_lines=[], regions=[])
