"""Nobody handles a complaint that concerns them, and documents that are held are not asked for."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from service.models import Complaint, ComplaintSubject, Ticket
from service.services import complaint_conflicts as conflicts
from service.services.complaint_documents import ask_for_document, documents_of, take_document
from service.services.messages import add_message
from tests.factories import UserFactory
from tests.factories.complaints import a_complaint, caused
from tests.factories.customers import AccountFactory, PersonFactory, TransactionFactory
from tests.factories.products import ProductFactory
from tests.factories.service import TicketFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate(NOW)


@pytest.fixture
def lead():
    return UserFactory(role="service_lead")


@pytest.fixture
def clerk():
    return UserFactory(role="service")


def handler_of(complaint):
    return Ticket.objects.get(pk=complaint.ticket_id).assignee


def checked_now():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_naming_the_handler_takes_the_complaint_from_them_at_once_with_the_reason(lead, clerk):
    complaint = a_complaint(assignee=clerk)
    assert handler_of(complaint) == clerk

    conflicts.name_subject(actor=lead, complaint_id=complaint.pk, user=clerk, at=NOW)

    assert handler_of(complaint) not in (None, clerk)
    entry = complaint.entries.get(kind="reassigned")
    assert "about them" in entry.text
    assert entry.by is None
    assert complaint not in Complaint.objects.visible_to(clerk)
    checked_now()


def test_whoever_answered_the_ticket_that_it_is_about_does_not_handle_it(lead, clerk):
    earlier = TicketFactory()
    add_message(actor=clerk, ticket_id=earlier.pk, direction="out", text="That is how it is.", at=NOW)

    complaint = a_complaint(about_ticket=earlier, assignee=clerk)

    assert handler_of(complaint) != clerk
    assert conflicts.conflict_of(complaint, clerk) == "ticket"


def test_whoever_sold_the_product_or_answers_for_it_does_not_handle_it(lead, clerk):
    seller, owner = UserFactory(role="service"), UserFactory(role="compliance")
    product = ProductFactory(owner=owner)
    customer = PersonFactory(relationship_owner=seller)

    complaint = a_complaint(product=product, customer=customer)

    assert {conflicts.conflict_of(complaint, one) for one in (seller, owner)} == {"product"}
    assert conflicts.conflict_of(complaint, clerk) == ""
    assert handler_of(complaint) in (lead, clerk)


def test_a_complaint_that_nobody_is_free_for_is_told_to_the_leads(lead):
    complaint = a_complaint(assignee=None)
    for one in {lead, handler_of(complaint)}:
        conflicts.name_subject(actor=UserFactory(role="compliance"), complaint_id=complaint.pk, user=one, at=NOW)

    assert handler_of(complaint).pk != lead.pk


def test_handing_over_to_somebody_with_an_interest_is_refused_with_the_reason(lead, clerk):
    complaint = a_complaint(subjects=[clerk])

    with pytest.raises(ValidationError, match="The complaint is about them"):
        conflicts.hand_over(actor=lead, complaint_id=complaint.pk, handler=clerk, at=NOW)
    with pytest.raises(ValidationError, match="may not handle"):
        conflicts.hand_over(actor=lead, complaint_id=complaint.pk, handler=UserFactory(role="marketing"), at=NOW)


def test_the_database_refuses_a_handler_with_an_interest_whoever_writes(lead, clerk):
    complaint = a_complaint(subjects=[clerk])

    with transaction.atomic():
        Ticket.objects.filter(pk=complaint.ticket_id).update(assignee=clerk)
        with pytest.raises(DatabaseError, match="conflict of interest"):
            checked_now()
        transaction.set_rollback(True)
    with transaction.atomic():
        ComplaintSubject.objects.create(complaint=complaint, user=handler_of(complaint))
        with pytest.raises(DatabaseError, match="conflict of interest"):
            checked_now()
        transaction.set_rollback(True)


def test_another_ticket_may_be_given_to_anybody(clerk):
    ticket = TicketFactory()

    Ticket.objects.filter(pk=ticket.pk).update(assignee=clerk)

    checked_now()


def test_nobody_names_themselves_and_goes_on(clerk):
    complaint = a_complaint(assignee=clerk)

    with pytest.raises(ValidationError, match="yourself"):
        conflicts.name_subject(actor=clerk, complaint_id=complaint.pk, user=clerk, at=NOW)


def test_a_document_that_is_held_is_not_asked_for_and_the_refusal_says_where_it_is(lead):
    customer = PersonFactory(identity_number="11010519491231002X")
    TransactionFactory(account=AccountFactory(customer=customer))
    complaint = a_complaint(customer=customer, kind="claim")

    with pytest.raises(ValidationError, match=f"not asked for again: the record of {customer.reference}"):
        ask_for_document(actor=lead, complaint_id=complaint.pk, document="identity", at=NOW)
    with pytest.raises(ValidationError, match="contracts stand under accounts"):
        ask_for_document(actor=lead, complaint_id=complaint.pk, document="contract", at=NOW)
    with pytest.raises(ValidationError, match="booked with the company"):
        ask_for_document(actor=lead, complaint_id=complaint.pk, document="statement", at=NOW)
    assert not complaint.ticket.messages.exists()


def test_a_document_of_an_earlier_complaint_is_not_asked_for_again(lead):
    customer = PersonFactory()
    earlier = a_complaint(customer=customer, kind="fraud", ago=20)
    ask_for_document(actor=lead, complaint_id=earlier.pk, document="police", at=NOW)
    take_document(actor=lead, complaint_id=earlier.pk, document="police", came_on=TODAY, at=NOW)
    complaint = a_complaint(customer=customer, kind="fraud")

    with pytest.raises(ValidationError, match=earlier.ticket.reference):
        ask_for_document(actor=lead, complaint_id=complaint.pk, document="police", at=NOW)
    stands = {one.kind: one for one in documents_of(complaint)}
    assert earlier.ticket.reference in stands["police"].held
    assert not stands["police"].is_missing
    assert stands["statement"].is_missing


def test_a_document_is_asked_for_once_in_the_customers_language(lead):
    complaint = a_complaint(kind="fraud")
    complaint.ticket.language = "zh-hans"
    complaint.ticket.save()

    ask_for_document(actor=lead, complaint_id=complaint.pk, document="police", at=NOW)

    assert "报案" in complaint.ticket.messages.get(direction="out").text
    with pytest.raises(ValidationError, match="asked for before"):
        ask_for_document(actor=lead, complaint_id=complaint.pk, document="police", at=NOW)


def test_a_strangers_document_does_not_count(lead):
    stranger = a_complaint(kind="fraud")
    take_document(actor=lead, complaint_id=stranger.pk, document="police", came_on=TODAY - timedelta(days=3), at=NOW)

    complaint = a_complaint(kind="fraud")

    assert ask_for_document(actor=lead, complaint_id=complaint.pk, document="police", at=NOW).asked_at == NOW


def test_a_decided_complaint_no_longer_binds_its_handler(lead, clerk):
    from service.services.complaints import decide_complaint

    complaint = caused(a_complaint(assignee=clerk))
    decide_complaint(
        actor=lead, complaint_id=complaint.pk, outcome="rejected", reply="We found no error there.", at=NOW
    )

    checked_now()
    assert handler_of(complaint) == clerk
