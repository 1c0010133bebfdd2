"""The statutory clocks of a complaint: started by a rule, ended once, reminded of, made longer by approval alone."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.services import name_act
from customers.rules.deadlines import add_working_days
from customers.services.privacy_rules import working_calendar
from service.models import Complaint, ComplaintClock, ComplaintRule, ComplaintStep, RegulatorReferral
from service.rules.complaint_days import LastDay, last_day
from staff.models import NotificationKind, User
from staff.services.notifications import notify

DECISIONS = (ComplaintStep.DECISION, ComplaintStep.DECISION_COMPLEX, ComplaintStep.REVIEW_DECISION)
FARTHEST = timedelta(days=45)  # no reminder is longer before its deadline
LEADS = ("service_lead", "compliance")


def rule_for(complaint: Complaint, step: str, day: date, *, authority: str = "") -> ComplaintRule | None:
    return ComplaintRule.objects.the_one(
        step, complaint.jurisdiction, day, line=complaint.ticket.line, authority=authority
    )


def rule_or_refusal(complaint: Complaint, step: str, day: date) -> ComplaintRule:
    """Return the rule in force, or say that the complaint's jurisdiction knows none."""
    rule = rule_for(complaint, step, day)
    if rule is None:
        raise ValidationError(
            _("%(law)s knows no rule “%(step)s” on %(day)s.")
            % {"law": complaint.jurisdiction or "–", "step": ComplaintStep(step).label, "day": day}
        )
    return rule


def end_of_rule(rule: ComplaintRule, start: date, law: str) -> LastDay:
    """Return when `rule` ends that begins after `start`, on the working calendar of the complaint's own law."""
    return last_day(start, rule.value, rule.unit, ends=rule.ends, is_working=working_calendar(law, start))


def start_clock(
    complaint: Complaint, step: str, start: date, *, referral: RegulatorReferral | None = None
) -> ComplaintClock | None:
    """Start the clock of a step inside the caller's transaction; none where the jurisdiction knows no such step."""
    rule = rule_for(complaint, step, start, authority=referral.authority if referral else "")
    if rule is None:
        return None
    end = end_of_rule(rule, start, complaint.jurisdiction)
    return ComplaintClock.objects.create(
        complaint=complaint, step=step, rule=rule, referral=referral, started_on=start, counted_on=end.counted,
        due_on=end.due,
    )  # fmt: skip


def end_clocks(complaint: Complaint, *steps: str, on: date, referral: RegulatorReferral | None = None) -> None:
    """End the running clocks of `steps`, of all where none is named, and write the next deadline to the complaint."""
    running = complaint.clocks.running().filter(**{"step__in": steps} if steps else {})
    if referral:
        running = running.filter(referral=referral)
    for clock in running:
        clock.ended_on, clock.is_met = on, on <= clock.due_on
        clock.save(update_fields=["ended_on", "is_met"])
    settle_due(complaint)


def settle_due(complaint: Complaint) -> None:
    """Write the earliest deadline that still runs; of a decided complaint only an authority's may."""
    earliest = complaint.clocks.running().exclude(step=ComplaintStep.SUMMARY).order_by("due_on", "id").first()
    due_on = earliest.due_on if earliest else None
    if complaint.due_on != due_on:
        complaint.due_on = due_on
        complaint.save(update_fields=["due_on"])


def decision_clock(complaint: Complaint) -> ComplaintClock | None:
    return complaint.clocks.running().filter(step__in=DECISIONS, referral=None).order_by("due_on").first()


@transaction.atomic
def remind_of_clocks(*, at: datetime) -> int:
    """Tell of clocks that end soon and of those that end today or ended, each once; return how many were told of."""
    today = timezone.localdate(at)
    name_act("service.complaint_clock.reminded")
    running = ComplaintClock.objects.due_until(today + FARTHEST).exclude(step=ComplaintStep.SUMMARY)
    waiting = running.filter(told_at__isnull=True).select_related("complaint__ticket__assignee")
    told = 0
    for clock in waiting.select_for_update(of=["self"], skip_locked=True):
        told += _remind(clock, today, at)
    return told


def _remind(clock: ComplaintClock, today: date, at: datetime) -> int:
    """One clock, locked: at its day, else so many working days before as the rule says."""
    if clock.due_on <= today:
        clock.told_at = at
        clock.save(update_fields=["told_at"])
        return _tell(clock, "due", at)
    if clock.warned_at is None and today >= _warned_on(clock, today):
        clock.warned_at = at
        clock.save(update_fields=["warned_at"])
        return _tell(clock, "before", at)
    return 0


def _warned_on(clock: ComplaintClock, today: date) -> date:
    rule = rule_or_refusal(clock.complaint, ComplaintStep.REMINDER, today)
    is_working, day = working_calendar(clock.complaint.jurisdiction, clock.due_on), clock.due_on
    while day > clock.started_on and add_working_days(day, rule.value, is_working=is_working) > clock.due_on:
        day -= timedelta(days=1)
    return day


SENTENCES = {
    "before": gettext_lazy("Complaint %(complaint)s: %(step)s is due on %(day)s"),
    "due": gettext_lazy("Complaint %(complaint)s: %(step)s is due, the last day is %(day)s"),
}


def _tell(clock: ComplaintClock, when: str, at: datetime) -> int:
    ticket, step = clock.complaint.ticket, ComplaintStep(clock.step)
    people = {ticket.assignee} if ticket.assignee else set()
    if when == "due" or not people:
        people |= set(leads_of(clock.complaint))
    notify(
        users=people,
        kind=NotificationKind.CLOCK,
        key=f"complaint-clock:{clock.pk}:{when}",
        title=lambda: (
            str(SENTENCES[when]) % {"complaint": ticket.reference, "step": step.label, "day": clock.due_on.isoformat()}
        ),
        url=reverse("service:complaint_detail", args=[ticket.reference]),
        at=at,
    )
    return 1


def leads_of(complaint: Complaint) -> list[User]:
    """Those who lead complaints and whose regions and lines the complaint is in; never whom it is about."""
    leads = User.objects.active().filter(groups__name__in=LEADS).exclude(
        pk__in=complaint.subjects.values("user")
    ).distinct()  # fmt: skip
    return [one for one in leads if in_scope(one, complaint)]


def in_scope(person: User, complaint: Complaint) -> bool:
    ticket = complaint.ticket
    return (not person.regions or ticket.region in ("", *person.regions)) and (
        not person.business_lines or ticket.line in ("", *person.business_lines)
    )


def law_of(jurisdiction: str) -> str:
    return jurisdiction or settings.COMPANY_JURISDICTION
