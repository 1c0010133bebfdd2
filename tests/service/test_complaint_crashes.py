"""Reminders, extensions and redress of complaints: killed half way, or by two people at once, nothing is lost or doubled."""

import signal
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from service.models import ComplaintClock, ComplaintExtension, ComplaintRedress, TicketMessage
from service.services import complaint_extensions as extensions
from service.services import redress as services
from service.services.complaint_clocks import remind_of_clocks
from service.services.complaints import decide_complaint, find_complex, withdraw_complaint
from staff.models import ChangeRequest, Notification
from staff.services.changes import approve, execute_approved
from tests.factories import UserFactory
from tests.factories.complaints import a_complaint, caused
from tests.killed import run_and_die
from tests.service.test_assignment import in_parallel

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now()
TODAY = timezone.localdate(NOW)
WHY = "We wait for the records of the partner bank."


@pytest.fixture
def lead():
    return UserFactory(role="service_lead")


@pytest.fixture
def officer():
    return UserFactory(role="compliance")


def late_complaints(lead, n=3):
    """Complaints whose decision is due today and whose handler is the lead."""
    made = [a_complaint(assignee=lead, actor=lead) for _turn in range(n)]
    ComplaintClock.objects.filter(step="decision").update(due_on=TODAY, counted_on=TODAY)
    ComplaintClock.objects.exclude(step="decision").update(ended_on=TODAY, is_met=True)
    return made


def reminded():
    return Notification.objects.filter(key__startswith="complaint-clock:")


def keys_once_each():
    pairs = list(reminded().values_list("user", "key"))
    return len(pairs) == len(set(pairs))


@pytest.mark.parametrize(
    "victim", ["service.services.complaint_clocks.notify", "service.services.complaint_clocks._tell"]
)
def test_reminders_that_are_killed_half_way_are_all_told_by_the_next_run(lead, victim):
    made = late_complaints(lead)

    killed = run_and_die(
        "importlib.import_module('service.services.complaint_clocks').remind_of_clocks(at=timezone.now())",
        at=victim,
        after=1,
    )

    assert killed == -signal.SIGKILL
    told_before = reminded().values("key").distinct().count()
    marked = ComplaintClock.objects.filter(told_at__isnull=False).count()
    assert told_before == marked  # a clock that counts as told was told
    remind_of_clocks(at=NOW)
    assert {one.key for one in reminded()} == {
        f"complaint-clock:{clock.pk}:due" for clock in ComplaintClock.objects.filter(step="decision")
    }
    assert len(made) == ComplaintClock.objects.filter(told_at__isnull=False).count()
    assert remind_of_clocks(at=NOW) == 0


def test_reminders_by_two_at_once_are_told_once(lead):
    late_complaints(lead, n=4)

    raised = in_parallel([lambda: remind_of_clocks(at=NOW)] * 3)

    assert not raised
    remind_of_clocks(at=NOW)
    assert reminded().values("key").distinct().count() == 4
    assert keys_once_each()


def extended(complaint):
    """How often the extension stands: its row, what the complainant was told, the entry, the request."""
    return [
        ComplaintExtension.objects.filter(complaint=complaint).count(),
        TicketMessage.objects.filter(ticket=complaint.ticket_id, direction="out").count(),
        complaint.entries.filter(kind="extended").count(),
        ChangeRequest.objects.filter(state="executed").count(),
    ]


def needs_extension(lead):
    """A complex complaint, for whose longer term an extension was asked; nothing of it is told yet."""
    complaint = a_complaint(assignee=lead, actor=lead, law="CN")
    find_complex(actor=lead, complaint_id=complaint.pk, reason=WHY, at=NOW)
    TicketMessage.objects.filter(ticket=complaint.ticket_id).delete()
    return complaint, extensions.ask_for_extension(actor=lead, complaint_id=complaint.pk, reason=WHY, at=NOW)


@pytest.mark.parametrize(
    "victim",
    [
        "service.services.complaint_extensions.tell",
        "service.services.complaint_extensions.enter",
        "service.services.complaint_extensions.settle_due",
    ],
)
def test_an_extension_that_is_killed_half_way_is_not_there_and_then_there_once(lead, officer, victim):
    complaint, request = needs_extension(lead)
    before = complaint.clocks.get(step="decision_complex").due_on
    approve(actor=officer, request_id=request.pk, at=NOW)

    killed = run_and_die(
        f"importlib.import_module('staff.services.changes').execute_approved(request_id={request.pk}, at=timezone.now())",
        at=victim,
    )

    assert killed == -signal.SIGKILL
    assert extended(complaint) == [0, 0, 0, 0]
    assert complaint.clocks.get(step="decision_complex").due_on == before
    assert execute_approved(request_id=request.pk, at=NOW).state == "executed"
    assert extended(complaint) == [1, 1, 1, 1]
    assert complaint.clocks.get(step="decision_complex").due_on > before


def test_an_extension_carried_out_by_two_at_once_is_there_once(lead, officer):
    complaint, request = needs_extension(lead)
    approve(actor=officer, request_id=request.pk, at=NOW)

    in_parallel([lambda: execute_approved(request_id=request.pk, at=NOW)] * 3)

    assert extended(complaint) == [1, 1, 1, 1]


def test_of_two_who_approve_an_extension_at_once_it_is_extended_once(lead):
    complaint, request = needs_extension(lead)
    officers = [UserFactory(role="compliance") for _turn in range(2)]

    in_parallel([lambda one=one: approve(actor=one, request_id=request.pk, at=NOW) for one in officers])
    execute_approved(request_id=request.pk, at=NOW)

    assert extended(complaint) == [1, 1, 1, 1]


def asked_redress(lead, amount="5000.00"):
    complaint = a_complaint(assignee=lead, actor=lead)
    redress, request = services.propose_redress(
        actor=lead, complaint_id=complaint.pk, kind="refund", amount=Decimal(amount), currency="CNY", reason=WHY, at=NOW
    )
    return complaint, redress, request


def granted(complaint):
    return list(complaint.redresses.values_list("state", flat=True)), complaint.entries.filter(kind="redress").count()


@pytest.mark.parametrize("victim", ["service.services.redress.rule_for", "service.services.redress.enter"])
def test_a_redress_whose_grant_is_killed_half_way_is_granted_once(lead, officer, victim):
    complaint, redress, request = asked_redress(lead)
    approve(actor=officer, request_id=request.pk, at=NOW)

    killed = run_and_die(
        f"importlib.import_module('staff.services.changes').execute_approved(request_id={request.pk}, at=timezone.now())",
        at=victim,
    )

    assert killed == -signal.SIGKILL
    assert granted(complaint) == (["proposed"], 0)
    assert execute_approved(request_id=request.pk, at=NOW).state == "executed"
    assert granted(complaint) == (["granted"], 1)
    execute_approved(request_id=request.pk, at=NOW)
    assert granted(complaint) == (["granted"], 1)


def test_a_redress_granted_and_refused_at_once_is_one_of_the_two(lead, officer):
    complaint, redress, request = asked_redress(lead)
    approve(actor=officer, request_id=request.pk, at=NOW)

    in_parallel(
        [
            lambda: execute_approved(request_id=request.pk, at=NOW),
            lambda: services.refuse_redress(actor=officer, redress_id=redress.pk, reason=WHY, at=NOW),
        ]
    )

    redress.refresh_from_db()
    request.refresh_from_db()
    assert (redress.state, request.state) in {("granted", "executed"), ("refused", "stale"), ("refused", "failed")}
    assert complaint.entries.filter(kind="redress").count() == 1


def test_a_redress_paid_by_two_at_once_is_paid_once(lead, officer):
    complaint, redress, request = asked_redress(lead, amount="100.00")
    assert request is None

    def pay(number):
        return lambda: services.pay_redress(
            actor=lead, redress_id=redress.pk, paid_on=TODAY, payment=f"P-{number}", at=NOW
        )

    raised = in_parallel([pay(number) for number in range(3)])

    assert [type(error) for error in raised] == [ValidationError] * 2
    assert granted(complaint) == (["paid"], 2)  # granted, paid
    assert ComplaintRedress.objects.get().payment in {"P-0", "P-1", "P-2"}


def test_a_payment_that_is_killed_half_way_is_not_recorded_and_then_once(lead):
    complaint, redress, _request = asked_redress(lead, amount="100.00")
    run = (
        f"actor = importlib.import_module('staff.models').User.objects.get(pk={lead.pk})\n"
        f"module.pay_redress(actor=actor, redress_id={redress.pk}, paid_on=timezone.localdate(), payment='P-1',"
        " at=timezone.now())"
    )

    assert run_and_die(run, at="service.services.redress.enter") == -signal.SIGKILL

    assert granted(complaint) == (["granted"], 1)
    services.pay_redress(actor=lead, redress_id=redress.pk, paid_on=TODAY, payment="P-1", at=NOW)
    assert granted(complaint) == (["paid"], 2)


def test_two_redresses_proposed_at_once_for_one_complaint_both_stand(lead):
    complaint = a_complaint(assignee=lead, actor=lead)

    def propose(amount):
        return lambda: services.propose_redress(
            actor=lead, complaint_id=complaint.pk, kind="refund", amount=Decimal(amount), currency="CNY", reason=WHY,
            at=NOW,
        )  # fmt: skip

    raised = in_parallel([propose("100.00"), propose("200.00")])

    assert not raised
    assert sorted(complaint.redresses.values_list("amount", flat=True)) == [Decimal("100.00"), Decimal("200.00")]


def test_a_decision_and_an_approved_extension_at_once_both_end_in_order(lead, officer):
    complaint, request = needs_extension(lead)
    caused(complaint)
    approve(actor=officer, request_id=request.pk, at=NOW)

    raised = in_parallel(
        [
            lambda: execute_approved(request_id=request.pk, at=NOW),
            lambda: decide_complaint(
                actor=lead, complaint_id=complaint.pk, outcome="rejected", reply="We found no error there.", at=NOW
            ),
        ]
    )

    assert not raised
    complaint.refresh_from_db()
    assert complaint.state == "decided"
    assert ComplaintExtension.objects.count() == ChangeRequest.objects.filter(state="executed").count()
    assert not complaint.clocks.running().exists()


def test_a_withdrawal_and_an_approved_grant_at_once_both_end_in_order(lead, officer):
    complaint, redress, request = asked_redress(lead)
    approve(actor=officer, request_id=request.pk, at=NOW)

    raised = in_parallel(
        [
            lambda: execute_approved(request_id=request.pk, at=NOW),
            lambda: withdraw_complaint(
                actor=lead, complaint_id=complaint.pk, reason="The customer took it back.", at=NOW
            ),
        ]
    )

    assert not raised
    complaint.refresh_from_db()
    redress.refresh_from_db()
    request.refresh_from_db()
    assert complaint.state == "withdrawn"
    assert (redress.state, request.state) in {("granted", "executed"), ("refused", "failed"), ("refused", "stale")}


def test_a_withdrawal_and_a_refusal_at_once_refuse_once(lead, officer):
    complaint, redress, _request = asked_redress(lead)

    raised = in_parallel(
        [
            lambda: services.refuse_redress(actor=officer, redress_id=redress.pk, reason=WHY, at=NOW),
            lambda: withdraw_complaint(
                actor=lead, complaint_id=complaint.pk, reason="The customer took it back.", at=NOW
            ),
        ]
    )

    assert [type(error) for error in raised] in ([], [ValidationError])
    redress.refresh_from_db()
    assert redress.state == "refused"
