"""Finding out whether a caller is who they say: questions that count points, within attempts, for minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import emit, name_act
from customers.models import (
    CallerAnswer,
    CallerQuestion,
    CallerVerification,
    Customer,
    PrivacyRule,
    RuleCode,
    VerificationState,
)
from customers.rules.callers import OnRecord, is_right, known_questions
from staff.checkers import holders_of
from staff.models import NotificationKind, User
from staff.services.notifications import notify

PERMISSION = "customers.verify_caller"
LAST_MOVEMENTS = 5


class TooManyFailures(ValidationError):
    """Nobody asks this customer's callers any more today."""


@dataclass(frozen=True)
class Asked:
    """A question, what a right answer counts, and how it was answered: None while it was not."""

    question: str
    label: str
    points: int
    is_right: bool | None = None


@dataclass(frozen=True)
class Standing:
    """How far a verification is."""

    state: str
    asked: list[Asked]
    points: int
    needed: int
    until: datetime | None = None

    @property
    def can_pass(self) -> bool:
        return self.points + sum(one.points for one in self.asked if one.is_right is None) >= self.needed


def verified(*, actor: User, customer: Customer, at: datetime) -> CallerVerification | None:
    """Return the verification by which `actor` may now take the caller for the customer."""
    mine = CallerVerification.objects.filter(customer=customer, by=actor, state=VerificationState.PASSED)
    return mine.filter(expires_at__gt=at).order_by("-expires_at").first()


def standing(*, actor: User, customer: Customer, at: datetime) -> Standing:
    """Return what can be asked of this caller, what was, and whether it is enough."""
    rules = _rules(at)
    latest = _latest(actor, customer, rules, at)
    answers = {one.question: one for one in latest.answers.all()} if latest else {}
    return Standing(
        state=latest.state if latest else "",
        asked=[
            Asked(
                question,
                str(CallerQuestion(question).label),
                rules.points(question),
                answers[question].is_right if question in answers else None,
            )
            for question in known_questions(_on_record(actor, customer))
            if rules.points(question)
        ],
        points=sum(one.points for one in answers.values() if one.is_right),
        needed=rules[RuleCode.CALLER_POINTS],
        until=latest.expires_at if latest and latest.state == VerificationState.PASSED else None,
    )


@transaction.atomic
def answer_question(*, actor: User, customer_id: int, question: str, said: str, at: datetime) -> CallerVerification:
    """Compare what a caller said with the record. Enough points pass, for minutes; too many wrong answers fail.

    What was said is neither kept nor logged. TooManyFailures where nobody may ask any more today: say so to
    `tell_of_failures` after the transaction."""
    if not actor.has_perm(PERMISSION):
        raise PermissionDenied(_("Your role does not verify callers."))
    # Two answers at once, and two of the desk who ask at once, count one after the other.
    customer = Customer.objects.visible_to(actor).select_for_update(of=("self",), no_key=True).get(pk=customer_id)
    if customer.restricted_at or customer.erased_at:
        raise PermissionDenied(_("This customer's data is restricted: only compliance sees it."))
    record, rules = _on_record(actor, customer), _rules(at)
    if question not in known_questions(record) or not rules.points(question):
        raise ValidationError(
            _("This question cannot be asked of this customer: nothing is on record to compare with.")
        )
    if not said.strip():
        raise ValidationError(_("Write what the caller says."))
    verification = _open(actor, customer, rules, at)
    if verification.answers.filter(question=question).exists():
        raise ValidationError(_("This question was answered already: ask another one."))
    right = is_right(question, said, record)
    name_act("customers.caller.right" if right else "customers.caller.wrong")
    CallerAnswer.objects.create(
        verification=verification, question=question, is_right=right, points=rules.points(question), at=at
    )
    _settle(verification, rules, at)
    return verification


@transaction.atomic
def end_verification(*, actor: User, customer_id: int, at: datetime) -> None:
    """End what `actor` found out about a caller: the call is over, or somebody else is speaking."""
    customer = Customer.objects.visible_to(actor).get(pk=customer_id)
    name_act("customers.caller.ended")
    mine = CallerVerification.objects.filter(customer=customer, by=actor)
    mine.filter(state=VerificationState.OPEN).update(state=VerificationState.FAILED, ended_at=at, expires_at=at)
    mine.filter(state=VerificationState.PASSED, expires_at__gt=at).update(expires_at=at)


def _open(actor: User, customer: Customer, rules: Rules, at: datetime) -> CallerVerification:
    mine = CallerVerification.objects.filter(customer=customer, by=actor, state=VerificationState.OPEN)
    stale = mine.filter(expires_at__lte=at)
    stale.update(state=VerificationState.FAILED, ended_at=at)
    found = mine.first()
    if found:
        return found
    if verified(actor=actor, customer=customer, at=at):
        raise ValidationError(_("This caller is verified already."))
    _refuse_too_many(customer, rules, at)
    return CallerVerification.objects.create(customer=customer, by=actor, started_at=at, expires_at=at + rules.span)


def _refuse_too_many(customer: Customer, rules: Rules, at: datetime) -> None:
    failed = CallerVerification.objects.filter(
        customer=customer, state=VerificationState.FAILED, ended_at__gt=at - timedelta(days=1), answers__is_right=False
    ).distinct()
    most = rules[RuleCode.CALLER_FAILURES_PER_DAY]
    if failed.count() >= most:
        raise TooManyFailures(
            _("%(n)d verifications of this customer failed within a day: hand the call over to a team lead.")
            % {"n": most}
        )


@transaction.atomic
def tell_of_failures(*, actor: User, customer: Customer, at: datetime) -> None:
    """Record that nobody may ask a customer's callers any more today, and tell the leads of the desk once a day."""
    name_act("customers.caller.too_many")
    emit("denied", table="customers_customer", pk=customer.pk, detail={"why": "caller"})
    notify(
        users=holders_of("customers.reveal_unverified"),
        kind=NotificationKind.PRIVACY,
        key=f"caller-failures:{customer.pk}:{timezone.localdate(at)}",
        title=lambda: _("Callers for %(customer)s could not say who they are") % {"customer": customer.reference},
        url=f"/customers/{customer.reference}/",
        at=at,
    )


def _settle(verification: CallerVerification, rules: Rules, at: datetime) -> None:
    answers = list(verification.answers.all())
    wrong = sum(not one.is_right for one in answers)
    points = sum(one.points for one in answers if one.is_right)
    if wrong > rules[RuleCode.CALLER_WRONG]:
        verification.state, verification.ended_at, verification.expires_at = VerificationState.FAILED, at, at
    elif points >= rules[RuleCode.CALLER_POINTS]:
        verification.state, verification.ended_at = VerificationState.PASSED, at
        verification.expires_at = at + rules.span
    else:
        return
    verification.save(update_fields=["state", "ended_at", "expires_at"])


def _latest(actor: User, customer: Customer, rules: Rules, at: datetime) -> CallerVerification | None:
    """What still says something: one that is open or holds, or one that failed within the span of one."""
    mine = CallerVerification.objects.filter(customer=customer, by=actor).prefetch_related("answers")
    latest = mine.order_by("-id").first()
    if latest is None:
        return None
    ends = latest.expires_at if latest.state != VerificationState.FAILED else latest.started_at + rules.span
    return latest if ends > at else None


def _on_record(actor: User, customer: Customer) -> OnRecord:
    """What this person's own rows of the customer say, as far as they are in `actor`'s business lines."""
    accounts, loans, holdings = (
        kept.visible_to(actor) for kept in (customer.accounts, customer.loans, customer.holdings)
    )
    cards = [card for card in holdings.values_list("card_number", flat=True)[:100] if card]
    newest = customer.movements.visible_to(actor).order_by("-booked_on", "-id")
    return OnRecord(
        birth_date=customer.birth_date,
        identity_number=customer.identity_number or "",
        phone=customer.phone or "",
        email=customer.email or "",
        city=customer.city,
        numbers=[
            *accounts.values_list("number", flat=True)[:100],
            *loans.values_list("number", flat=True)[:100],
            *cards,
        ],
        amounts=list(newest.values_list("amount", flat=True)[:LAST_MOVEMENTS]),
    )


@dataclass(frozen=True)
class Rules:
    """What verifies a caller on one day."""

    values: dict[str, int]

    def __getitem__(self, code: str) -> int:
        if code not in self.values:
            raise ValidationError(
                _("No privacy rule “%(rule)s” is in force: ask compliance to enter it.")
                % {"rule": RuleCode(code).label}
            )
        return self.values[code]

    def points(self, question: str) -> int:
        """A question without a rule is not asked."""
        return self.values.get(f"caller_{question}", 0)

    @property
    def span(self) -> timedelta:
        return timedelta(minutes=self[RuleCode.CALLER_MINUTES])


def _rules(at: datetime) -> Rules:
    day = timezone.localdate(at)
    return Rules(PrivacyRule.objects.values_of("caller_", settings.COMPANY_JURISDICTION, day))
