"""Redress within a limit by one, above it by two; authorities and their own deadlines."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.utils import timezone

from service.models import ComplaintRedress
from service.services import redress as services
from service.services.complaints import decide_complaint, join_complaint
from service.services.referrals import record_referral, reply_to_referral
from tests.factories import UserFactory
from tests.factories.changes import agreed
from tests.factories.complaints import a_complaint, caused
from tests.factories.customers import PersonFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate(NOW)
WHY = "The fee was not agreed"


@pytest.fixture
def lead():
    return UserFactory(role="service_lead")


@pytest.fixture
def officer():
    return UserFactory(role="compliance")


def offer(actor, complaint, kind="refund", amount="100.00", currency="CNY", **fields):
    worth = Decimal(amount) if amount is not None else None
    return services.propose_redress(
        actor=actor, complaint_id=complaint.pk, kind=kind, amount=worth, currency=currency, reason=WHY, at=NOW, **fields
    )


@pytest.mark.parametrize("amount", ["0.01", "2000.00"])
def test_up_to_the_limit_one_person_grants(lead, amount):
    redress, request = offer(lead, a_complaint(), amount=amount)

    assert (redress.state, request) == ("granted", None)
    assert redress.due_on == TODAY + timedelta(days=15)


@pytest.mark.parametrize(("amount", "currency"), [("2000.01", "CNY"), ("0.01", "SGD"), ("300.01", "USD")])
def test_above_the_limit_and_in_a_currency_without_one_a_second_person_agrees(lead, officer, amount, currency):
    redress, request = offer(lead, a_complaint(), amount=amount, currency=currency)
    assert redress.state == "proposed"

    assert agreed(request, officer).state == "executed"

    redress.refresh_from_db()
    assert redress.state == "granted"


def test_the_database_grants_no_large_redress_past_an_approval(lead):
    redress, _request = offer(lead, a_complaint(), amount="5000")

    with pytest.raises(DatabaseError, match="approved change request"), transaction.atomic():
        ComplaintRedress.objects.filter(pk=redress.pk).update(state="granted")
    with pytest.raises(DatabaseError, match="approved change request"), transaction.atomic():
        ComplaintRedress.objects.create(
            complaint=redress.complaint, customer=redress.customer, kind="refund", amount=9000, currency="CNY",
            reason=WHY, state="paid", paid_on=TODAY, proposed_by=lead, proposed_at=NOW,
        )  # fmt: skip


def test_a_granted_amount_never_changes(lead):
    redress, _request = offer(lead, a_complaint())

    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        ComplaintRedress.objects.filter(pk=redress.pk).update(amount=99_999)


def test_an_amount_that_was_changed_meanwhile_is_not_what_was_approved(lead, officer):
    redress, request = offer(lead, a_complaint(), amount="5000")
    ComplaintRedress.objects.filter(pk=redress.pk).update(amount=6000)

    assert agreed(request, officer).state == "failed"
    redress.refresh_from_db()
    assert redress.state == "proposed"


@pytest.mark.parametrize("amount", ["0", "-5", "1.005", "1e15", "NaN", None])
def test_an_amount_that_is_none_is_refused(lead, amount):
    with pytest.raises(ValidationError):
        offer(lead, a_complaint(), amount=amount)


@pytest.mark.parametrize("currency", ["", "cny", "元元元", "CNYX"])
def test_a_currency_has_three_capital_letters(lead, currency):
    with pytest.raises(ValidationError):
        offer(lead, a_complaint(), currency=currency)


def test_an_apology_costs_nothing_and_is_done_once(lead):
    redress, _request = offer(lead, a_complaint(), kind="apology", amount="100")

    assert (redress.amount, redress.state) == (None, "granted")
    services.pay_redress(actor=lead, redress_id=redress.pk, paid_on=TODAY, payment="", at=NOW)
    with pytest.raises(ValidationError, match="once"):
        services.pay_redress(actor=lead, redress_id=redress.pk, paid_on=TODAY, payment="", at=NOW)


def test_a_payment_has_a_number_and_no_day_to_come(lead):
    redress, _request = offer(lead, a_complaint())

    with pytest.raises(ValidationError, match="number of the payment"):
        services.pay_redress(actor=lead, redress_id=redress.pk, paid_on=TODAY, payment=" ", at=NOW)
    with pytest.raises(ValidationError, match="not been made"):
        services.pay_redress(
            actor=lead, redress_id=redress.pk, paid_on=TODAY + timedelta(days=1), payment="P-1", at=NOW
        )
    paid = services.pay_redress(actor=lead, redress_id=redress.pk, paid_on=TODAY, payment="P-1", at=NOW)
    assert (paid.state, paid.payment) == ("paid", "P-1")


def test_each_complainant_of_a_joint_complaint_gets_their_own_and_a_stranger_nothing(lead):
    complaint, other = a_complaint(), PersonFactory()
    join_complaint(actor=lead, complaint_id=complaint.pk, customer=other, is_representative=False, at=NOW)

    redress, _request = offer(lead, complaint, customer=other)

    assert redress.customer == other
    with pytest.raises(ValidationError, match="no complainant"):
        offer(lead, complaint, customer=PersonFactory())


def test_who_answers_the_telephone_grants_nothing():
    with pytest.raises(PermissionDenied):
        offer(UserFactory(role="service"), a_complaint())


def test_a_decision_waits_for_a_redress_that_waits(lead):
    complaint = caused(a_complaint())
    redress, _request = offer(lead, complaint, amount="5000")
    decide = {
        "actor": lead,
        "complaint_id": complaint.pk,
        "outcome": "upheld",
        "reply": "You get the fee back.",
        "at": NOW,
    }

    with pytest.raises(ValidationError, match="waits to be granted"):
        decide_complaint(**decide)
    services.refuse_redress(actor=lead, redress_id=redress.pk, reason="Too much for this fee", at=NOW)

    assert decide_complaint(**decide).outcome == "upheld"


def refer(actor, complaint, **fields):
    said = {"authority": "pboc", "number": "银消投〔2026〕17号", "received_on": TODAY, "at": NOW, **fields}
    return record_referral(actor=actor, complaint_id=complaint.pk, **said)


def test_a_letter_of_an_authority_has_a_deadline_of_its_own_even_after_the_decision(lead):
    complaint = caused(a_complaint())
    complaint = decide_complaint(
        actor=lead, complaint_id=complaint.pk, outcome="rejected", reply="We found no error there.", at=NOW
    )
    assert complaint.due_on is None

    referral = refer(lead, complaint)

    clock = referral.clocks.get()
    assert (clock.counted_on, clock.rule.source[:4]) == (TODAY + timedelta(days=15), "PBoC")
    complaint.refresh_from_db()
    assert complaint.due_on == clock.due_on
    with pytest.raises(ValidationError, match="recorded already"):
        refer(lead, complaint)


def test_the_authority_is_answered_once_with_a_file_and_the_clock_ends(lead, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    complaint = a_complaint()
    referral = refer(lead, complaint)
    reply = {
        "actor": lead,
        "referral_id": referral.pk,
        "reply": "The fee was refunded.",
        "replied_on": TODAY,
        "at": NOW,
    }

    done = reply_to_referral(file=SimpleUploadedFile("../复函.pdf", b"%PDF-1.7 reply"), **reply)

    assert done.file.read() == b"%PDF-1.7 reply"
    assert ".." not in done.file.name
    assert done.clocks.get().is_met is True
    with pytest.raises(ValidationError, match="was answered"):
        reply_to_referral(**reply)


def test_the_market_regulators_own_terms_are_shown_beside_ours(lead):
    referral = refer(lead, a_complaint(), authority="samr", number="12315-1")

    assert {clock.step for clock in referral.clocks.all()} == {"regulator_reply", "authority_acceptance"}


def test_a_reply_before_the_letter_or_tomorrow_is_refused(lead):
    referral = refer(lead, a_complaint())
    for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=1)):
        with pytest.raises(ValidationError, match="after the letter"):
            reply_to_referral(
                actor=lead, referral_id=referral.pk, reply="The fee was refunded.", replied_on=day, at=NOW
            )
