"""A complaint from its receipt to its decision: clocks, acknowledgement, extension by two, withdrawal, review, several
complainants."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit.models import Event
from service.models import Complaint, ComplaintClock, ComplaintExtension, ComplaintRule
from service.services import complaint_clocks as clocks
from service.services import complaints as services
from service.services.complaint_extensions import ask_for_extension
from staff.models import Notification
from tests.factories import UserFactory
from tests.factories.changes import agreed
from tests.factories.complaints import a_complaint, caused
from tests.factories.customers import PersonFactory
from tests.factories.products import ProductFactory
from tests.factories.service import TicketFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate(NOW)
DAY = timedelta(days=1)
REPLY = "We have checked your account and found that the fee was not agreed."


@pytest.fixture
def lead():
    return UserFactory(role="service_lead")


@pytest.fixture
def officer():
    return UserFactory(role="compliance")


def at_noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


def decide(lead, complaint, **fields):
    said = {"outcome": "upheld", "reply": REPLY, "at": NOW, **fields}
    return services.decide_complaint(actor=lead, complaint_id=complaint.pk, **said)


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2025-09-30", "2025-10-15"),
        ("2025-09-23", "2025-10-09"),
        ("2025-01-27", "2025-02-11"),
        ("2026-02-05", "2026-02-24"),
    ],
)
def test_a_complaint_on_the_eve_of_a_holiday_shows_the_right_statutory_date(received, due):
    complaint = a_complaint(received_on=date.fromisoformat(received))

    clock = complaint.clocks.get(step="decision")
    assert clock.due_on == date.fromisoformat(due)
    assert clock.counted_on == date.fromisoformat(received) + 15 * DAY
    assert clock.rule.source.startswith("CBIRC")


def test_the_next_deadline_stands_on_the_complaint_and_moves_on_once_it_is_met(lead):
    complaint = a_complaint()
    first = complaint.clocks.get(step="acknowledgement").due_on
    assert complaint.due_on == first

    complaint = services.acknowledge(actor=lead, complaint_id=complaint.pk, at=NOW)

    assert complaint.due_on == complaint.clocks.get(step="decision").due_on
    assert complaint.clocks.get(step="acknowledgement").is_met is True


def test_the_law_is_the_products_then_the_customers_then_the_companys(settings):
    british = ProductFactory(jurisdiction="UK", line_id="payment")

    assert a_complaint(product=british, line="payment", law="CN").jurisdiction == "UK"
    assert a_complaint(law="DE").jurisdiction == "DE"
    assert a_complaint(law="").jurisdiction == settings.COMPANY_JURISDICTION
    assert a_complaint(product=british, line="payment").clocks.get(step="decision").rule.unit == "working_days"


@pytest.mark.parametrize(("language", "word"), [("en", "received"), ("zh-hans", "投诉"), ("zh-hant", "申訴")])
def test_the_acknowledgement_is_in_the_customers_language_and_a_message_to_them(lead, language, word):
    complaint = a_complaint()
    complaint.ticket.language = language
    complaint.ticket.save()

    services.acknowledge(actor=lead, complaint_id=complaint.pk, at=NOW)

    message = complaint.ticket.messages.get(direction="out")
    assert word in message.text
    assert complaint.ticket.reference in message.text
    assert complaint.clocks.get(step="decision").due_on.isoformat() in message.text
    with pytest.raises(ValidationError, match="acknowledged before"):
        services.acknowledge(actor=lead, complaint_id=complaint.pk, at=NOW)


def test_a_ticket_is_a_complaint_once_and_never_before_it_came(lead):
    complaint = a_complaint()

    with pytest.raises(ValidationError, match="complaint already"):
        services.receive_complaint(actor=lead, ticket_id=complaint.ticket_id, kind="fees", received_on=TODAY, at=NOW)
    with pytest.raises(ValidationError, match="not come yet"):
        services.receive_complaint(
            actor=lead, ticket_id=TicketFactory().pk, kind="fees", received_on=TODAY + DAY, at=NOW
        )
    with pytest.raises(ValidationError, match="about"):
        services.receive_complaint(actor=lead, ticket_id=TicketFactory().pk, kind="noise", received_on=TODAY, at=NOW)


def test_a_complex_complaint_has_thirty_days_from_receipt_and_is_told_why(lead):
    complaint = a_complaint(received_on=TODAY)

    services.find_complex(actor=lead, complaint_id=complaint.pk, reason="Statements of two banks are compared.", at=NOW)

    clock = complaint.clocks.get(step="decision_complex")
    assert clock.counted_on == TODAY + 30 * DAY
    assert not complaint.clocks.running().filter(step="decision").exists()
    assert "two banks" in complaint.ticket.messages.get(direction="out").text
    with pytest.raises(ValidationError, match="no longer term"):
        services.find_complex(actor=lead, complaint_id=complaint.pk, reason="Once again it is long.", at=NOW)


def test_a_passed_deadline_is_neither_made_complex_nor_extended(lead):
    complaint = a_complaint(ago=60)

    with pytest.raises(ValidationError, match="has passed"):
        services.find_complex(actor=lead, complaint_id=complaint.pk, reason="Statements are compared.", at=NOW)


def test_thirty_days_more_need_a_second_person_and_are_told_to_the_customer(lead, officer):
    complaint = a_complaint(received_on=TODAY)
    with pytest.raises(ValidationError, match="First find the complaint complex"):
        ask_for_extension(actor=lead, complaint_id=complaint.pk, reason="A court is asked", at=NOW)
    services.find_complex(actor=lead, complaint_id=complaint.pk, reason="Statements are compared.", at=NOW)
    before = complaint.clocks.get(step="decision_complex").due_on

    request = ask_for_extension(actor=lead, complaint_id=complaint.pk, reason="A court is asked for its file.", at=NOW)
    assert complaint.clocks.get(step="decision_complex").due_on == before
    done = agreed(request, officer)

    clock = complaint.clocks.get(step="decision_complex")
    assert done.state == "executed"
    assert clock.counted_on == before + 30 * DAY
    assert clock.due_on >= clock.counted_on
    extension = ComplaintExtension.objects.get()
    assert (extension.from_on, extension.due_on, extension.approval) == (before, clock.due_on, request)
    assert "A court is asked for its file." in extension.message.text
    assert clock.due_on.isoformat() in extension.message.text
    with pytest.raises(ValidationError, match="once is all"):
        ask_for_extension(actor=lead, complaint_id=complaint.pk, reason="Still no answer.", at=NOW)


def test_no_extension_where_the_law_knows_none(lead):
    complaint = a_complaint(received_on=TODAY, law="US")
    services.find_complex(actor=lead, complaint_id=complaint.pk, reason="Statements are compared.", at=NOW)

    with pytest.raises(ValidationError, match="knows no rule"):
        ask_for_extension(actor=lead, complaint_id=complaint.pk, reason="A court is asked.", at=NOW)


def test_a_deadline_cannot_be_made_longer_past_the_service(lead):
    clock = a_complaint(received_on=TODAY).clocks.get(step="decision")

    with pytest.raises(DatabaseError, match="without an approved extension"), transaction.atomic():
        ComplaintClock.objects.filter(pk=clock.pk).update(due_on=clock.due_on + DAY)
    words = (
        "INSERT INTO service_complaintextension (complaint_id, clock_id, rule_id, from_on, due_on, message_id,"
        " approval_id, by_id, at) VALUES (%s, %s, %s, %s, %s, 1, 1, %s, now())"
    )
    values = [clock.complaint_id, clock.pk, clock.rule_id, clock.due_on, clock.due_on + DAY, lead.pk]
    with (
        pytest.raises(DatabaseError, match="approved change request"),
        transaction.atomic(),
        connection.cursor() as now,
    ):
        now.execute(words, values)


def test_reminders_come_before_and_on_the_day_each_once(lead):
    complaint = a_complaint(received_on=date(2025, 9, 23))
    services.acknowledge(actor=lead, complaint_id=complaint.pk, at=at_noon(date(2025, 9, 24)))
    ours = Notification.objects.filter(key__startswith="complaint-clock")

    days = [date(2025, 9, 24) + n * DAY for n in range(20)]
    told = [clocks.remind_of_clocks(at=at_noon(day)) for day in days for _twice in (1, 2)]

    # Due on 9 October; three working days before it, with the holiday from 1 to 8 October, is 28 September's successor.
    when = [day.isoformat() for day, n in zip([d for d in days for _t in (1, 2)], told, strict=True) if n]
    assert when == ["2025-09-28", "2025-10-09"]
    assert set(ours.values_list("title", flat=True)) != set()
    assert ours.filter(key__endswith=":due", user=lead).count() == 1


def test_a_decision_needs_its_cause_and_closes_with_a_written_reply(lead):
    complaint = a_complaint()
    with pytest.raises(ValidationError, match="why it came"):
        decide(lead, complaint)
    caused(complaint)

    decided = decide(lead, complaint)

    assert (decided.state, decided.outcome) == ("decided", "upheld")
    assert decided.reply.text.startswith(REPLY)
    assert "review until" in decided.reply.text
    assert decided.due_on is None
    assert decided.clocks.get(step="decision").is_met is True
    decided.ticket.refresh_from_db()
    assert decided.ticket.status == "resolved"
    with pytest.raises(ValidationError, match="closed"):
        decide(lead, complaint)


def test_a_late_decision_is_kept_as_late(lead):
    complaint = caused(a_complaint(ago=40))

    assert decide(lead, complaint).clocks.get(step="decision").is_met is False


def test_who_may_not_decide_does_not(lead):
    complaint = caused(a_complaint())

    with pytest.raises(PermissionDenied):
        decide(UserFactory(role="service"), complaint)
    with pytest.raises(PermissionDenied):
        decide(UserFactory(role="service_lead", business_lines=["fund"], regions=["上海"]), _elsewhere(complaint))


def _elsewhere(complaint):
    complaint.ticket.line, complaint.ticket.region = "payment", "北京"
    complaint.ticket.save()
    return complaint


def test_a_withdrawal_ends_every_clock_the_same_day_and_leaves_complaining_open(lead):
    complaint = a_complaint(ago=3)

    done = services.withdraw_complaint(actor=lead, complaint_id=complaint.pk, reason="Called: it is settled", at=NOW)

    assert (done.state, done.outcome, done.withdrawn_on) == ("withdrawn", "withdrawn", TODAY)
    assert not done.clocks.running().exists()
    assert a_complaint(customer=complaint.ticket.customer).is_open


def test_a_review_is_asked_for_within_thirty_days_and_goes_to_others(lead):
    other = UserFactory(role="service_lead")
    complaint = decide(lead, caused(a_complaint()))
    until = services.review_until(complaint)
    assert until >= timezone.localdate(NOW) + 30 * DAY

    with pytest.raises(ValidationError, match="could be asked for until"):
        services.ask_for_review(
            actor=lead, complaint_id=complaint.pk, reason="I do not agree", asked_on=until + DAY, at=NOW
        )
    review = services.ask_for_review(
        actor=other, complaint_id=complaint.pk, reason="I do not agree", asked_on=TODAY, at=NOW
    )

    assert review.reviews == complaint
    assert review.clocks.get(step="review_decision").counted_on == TODAY + 30 * DAY
    assert review.ticket.assignee not in (lead, complaint.ticket.assignee)
    with pytest.raises(ValidationError, match="before"):
        services.ask_for_review(actor=lead, complaint_id=complaint.pk, reason="And once more", asked_on=TODAY, at=NOW)


def test_no_review_where_the_law_knows_none(lead):
    complaint = decide(lead, caused(a_complaint(law="US")))

    with pytest.raises(ValidationError, match="new complaint"):
        services.ask_for_review(actor=lead, complaint_id=complaint.pk, reason="I do not agree", asked_on=TODAY, at=NOW)


def test_five_represent_a_joint_complaint_and_no_more(lead):
    complaint = a_complaint()

    def join(is_representative, customer=None):
        return services.join_complaint(
            actor=lead, complaint_id=complaint.pk, customer=customer or PersonFactory(),
            is_representative=is_representative, at=NOW,
        )  # fmt: skip

    people = [join(True) for _n in range(4)]
    with pytest.raises(ValidationError, match="No more than 5"):
        join(True)
    join(False)
    with pytest.raises(ValidationError, match="joined already"):
        join(False, people[0].customer)
    with pytest.raises(ValidationError, match="joined already"):
        join(False, complaint.ticket.customer)
    assert complaint in Complaint.objects.of(people[0].customer)
    assert complaint in Complaint.objects.of(complaint.ticket.customer)
    assert complaint not in Complaint.objects.of(PersonFactory())


def test_what_people_wrote_is_hidden_in_the_log(lead):
    complaint = a_complaint()

    services.withdraw_complaint(actor=lead, complaint_id=complaint.pk, reason="欧阳菲菲 called: it is settled", at=NOW)

    said = Event.objects.filter(table_name="service_complaintentry", kind="insert")
    assert said.exists()
    assert not any("欧阳菲菲" in event.body for event in said)


def test_a_rule_that_ends_leaves_the_clocks_that_run_alone():
    complaint = a_complaint()
    before = complaint.clocks.get(step="decision").due_on

    ComplaintRule.objects.filter(step="decision").update(valid_to=TODAY - DAY)

    assert complaint.clocks.get(step="decision").due_on == before
    assert not a_complaint().clocks.filter(step="decision").exists()
