"""From a submitted questionnaire to a class that counts: taken up, looked at where it is odd, expired."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.services import name_act
from customers.models import (
    Customer,
    InvestorClass,
    Review,
    SuitabilityCheck,
    SuitabilityCode,
    SuitabilityResult,
)
from customers.rules.deadlines import span_after
from customers.rules.suitability import age_on
from customers.rules.suitability_signs import GRAVE, age_differs, income_differs, raised_after_refusal
from customers.services.privacy_rules import working_calendar
from customers.services.suitability_rules import company_day, law_of, rule_in_force, rule_needed
from staff.models import NotificationKind, User
from staff.services.notifications import notify
from surveys.models import Response
from surveys.rules.patterns import Sign
from surveys.services.responses import answers_of

SUITABILITY = "suitability"
QUARTERS = 4  # 90 days of inflow are a quarter of a year's
SHORTEST = 5  # signs of a reason


def refuse_too_many(customer: Customer, at: datetime) -> None:
    """Raise ValidationError where the customer has been assessed as often as the law allows for a day or a year."""
    day = company_day(at)
    done = [
        company_day(one)
        for one in Response.objects.of(SUITABILITY, customer.pk)
        .submitted()
        .filter(submitted_at__gte=at - timedelta(days=367))
        .values_list("submitted_at", flat=True)
    ]
    daily = rule_in_force(SuitabilityCode.ATTEMPTS_A_DAY, customer.jurisdiction, day)
    if daily and sum(one == day for one in done) >= daily.value:
        raise ValidationError(
            _("Today's assessments are used up: %(n)d a day are allowed. Try again tomorrow.") % {"n": daily.value}
        )
    yearly = rule_in_force(SuitabilityCode.ATTEMPTS_A_YEAR, customer.jurisdiction, day)
    if yearly and sum(one.year == day.year for one in done) >= yearly.value:
        raise ValidationError(_("This year's assessments are used up: %(n)d a year are allowed.") % {"n": yearly.value})


def take_result(response: Response, at: datetime) -> SuitabilityResult:
    """Make a submitted questionnaire the customer's class, from the day of the company on; what looks grave waits for
    somebody to look at it. Called in the transaction that submits it."""
    customer = Customer.objects.select_for_update(of=["self"]).get(pk=response.subject)
    refuse_too_many(customer, at)
    if response.band not in InvestorClass.values:
        raise ValidationError(_("This questionnaire does not give a class from C0 to C5: its bands are to be mended."))
    day = company_day(at)
    rule = rule_needed(SuitabilityCode.VALIDITY, customer.jurisdiction, day)
    calendar = working_calendar(law_of(customer.jurisdiction), day)
    signs = signs_for(customer, response, at)
    response.signs = [*response.signs, *({"code": sign.code, **sign.values} for sign in signs)]
    is_grave = any(sign.code in GRAVE for sign in signs)
    return SuitabilityResult.objects.create(
        customer=customer,
        investor_class=response.band,
        score=response.score,
        decided_at=at,
        valid_until=span_after(day, rule.value, rule.unit, is_working=calendar),
        rule=rule,
        response=response,
        review=Review.WAITING if is_grave else Review.NONE,
    )


def signs_for(customer: Customer, response: Response, at: datetime) -> list[Sign]:
    """Return what in the answers does not fit the record, or what was answered before."""
    definition, answers, day = response.version.definition, answers_of(response), company_day(at)
    found = [
        age_differs(definition, answers, age_on(day, customer.birth_date)),
        income_differs(definition, answers, _yearly_inflow(customer)),
        _raised(customer, response, answers, at),
    ]
    return [sign for sign in found if sign is not None]


def _yearly_inflow(customer: Customer) -> Decimal | None:
    """What comes in over a year at the pace of the last 90 days; None where nothing has come in yet."""
    portrait = getattr(customer, "portrait", None)
    return QUARTERS * portrait.inflow_90 if portrait and portrait.inflow_90 else None


def _raised(customer: Customer, response: Response, answers: dict[str, Any], at: datetime) -> Sign | None:
    before = SuitabilityResult.objects.filter(customer=customer, decided_at__lt=at).order_by("-decided_at").first()
    refused = (
        SuitabilityCheck.objects.filter(customer=customer, at__lte=at, reasons__contains=[{"code": "class_never"}])
        | SuitabilityCheck.objects.filter(customer=customer, at__lte=at, reasons__contains=[{"code": "class_too_low"}])
    ).order_by("-at")
    last = refused.values_list("at", flat=True).first()
    if before is None or last is None:
        return None
    within = rule_in_force(SuitabilityCode.RAISED_WITHIN, customer.jurisdiction, company_day(at))
    earlier = answers_of(before.response)
    changed = sum(key in earlier and earlier[key] != value for key, value in answers.items())
    return raised_after_refusal(
        now=response.band,
        before=before.investor_class,
        days=(company_day(at) - company_day(last)).days,
        within=within.value if within else None,
        changed=changed,
    )


@transaction.atomic
def review_result(*, actor: User, result_id: int, confirm: bool, reason: str, at: datetime) -> SuitabilityResult:
    """Let an assessment that looks odd count, or not; whoever filled it in does not judge it."""
    result = SuitabilityResult.objects.visible_to(actor).select_for_update(of=["self"]).get(pk=result_id)
    if not actor.has_perm("customers.review_suitability") or result.response.filled_by_id == actor.pk:
        raise PermissionDenied(_("Somebody else looks at this assessment than who filled it in."))
    if result.review != Review.WAITING:
        raise ValidationError(_("This assessment does not wait for a look."))
    if len(reason.strip()) < SHORTEST:
        raise ValidationError({"reason": _("Say why, for the log.")})
    name_act("customers.suitability.confirmed" if confirm else "customers.suitability.rejected", reason=reason.strip())
    result.review = Review.CONFIRMED if confirm else Review.REJECTED
    result.reviewed_by, result.reviewed_at, result.review_reason = actor, at, reason.strip()[:200]
    result.save(update_fields=["review", "reviewed_by", "reviewed_at", "review_reason"])
    return result


def remind_of_expiry(*, at: datetime) -> int:
    """Tell the owner of each customer whose assessment ends soon, once for each assessment; return how many are new.

    How soon is a rule of each jurisdiction; a customer without an owner is told to nobody, and stands in the list of
    assessments that expire."""
    day = company_day(at)
    told = 0
    for place in Customer.objects.order_by().values_list("jurisdiction", flat=True).distinct():
        ahead = rule_in_force(SuitabilityCode.REMIND_BEFORE, place, day)
        if ahead is not None:
            told += _remind(place, day, span_after(day, ahead.value, ahead.unit), at)
    return told


def _remind(place: str, day: date, until: date, at: datetime) -> int:
    standing = SuitabilityResult.objects.standing(at).values("pk")
    due = SuitabilityResult.objects.filter(
        pk__in=standing,
        valid_until__range=(day, until),
        customer__jurisdiction=place,
        customer__relationship_owner__is_active=True,
        customer__restricted_at=None,
        customer__erased_at=None,
    )
    rows = due.annotate(owner=F("customer__relationship_owner"), reference=F("customer__reference"))
    return sum(
        notify(
            users=[row.owner],
            kind=NotificationKind.REVIEW,
            key=f"suitability-{row.pk}",
            title=gettext_lazy("A suitability assessment expires soon"),
            body=row.reference,
            url=f"/customers/{row.reference}/suitability/",
            at=at,
        )
        for row in rows.only("pk").iterator()
    )
