"""Words of people who are no customers: kept after the end for as long as the rule says, then taken out.

What customers wrote goes with the customer's own erasure. Of others nobody would ever ask, so a nightly step does. That the
mail came, when, and what was done stays. The log keeps the words for as long as it keeps its months (docs/audit.md)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from audit.services import name_act
from customers.models import PrivacyRule, RuleCode
from customers.rules.deadlines import span_before
from customers.services.erasing import delete_files
from service.models import Chat, Mail, MessageFile, Subtask, Ticket, TicketKind, TicketMessage, TicketRating
from service.personal_data import MAIL_GONE, NAMELESS
from service.querysets.mails import WAITING
from service.services.tickets import ENDED

AT_ONCE, MOST_TURNS = 500, 100


def rule_of_strangers(day: date) -> PrivacyRule | None:
    """Return how long words of people who are no customers are kept."""
    return PrivacyRule.objects.the_one(RuleCode.RETENTION_STRANGERS, settings.COMPANY_JURISDICTION, day)


def forget_strangers(*, at: datetime) -> int:
    """Empty the tickets of nobody that ended, and the mails of no ticket that came or went, longer ago than the rule says;
    return how many. Without a rule nothing goes. Safe to run twice and in parallel: who comes second skips what is taken.

    Complaints stay: their own law says how long."""
    today = timezone.localdate(at)
    rule = rule_of_strangers(today)
    if rule is None:
        return 0
    bound = timezone.make_aware(datetime.combine(span_before(today, rule.value, rule.unit), time()))
    done = 0
    for step in (_forget_tickets, _forget_mails):
        for _turn in range(MOST_TURNS):
            gone = step(bound)
            done += gone
            if gone < AT_ONCE:
                break
    return done


@transaction.atomic
def _forget_tickets(bound: datetime) -> int:
    ended = Ticket.objects.annotate(ended_at=Coalesce("closed_at", "resolved_at")).filter(
        customer__isnull=True, status__in=ENDED, ended_at__lt=bound
    )
    due = ended.exclude(kind=TicketKind.COMPLAINT).exclude(subject=NAMELESS)
    tickets = [
        row.pk for row in due.only("pk").select_for_update(of=("self",), skip_locked=True).order_by("pk")[:AT_ONCE]
    ]
    if tickets:
        name_act("service.stranger.forgotten", reason="retention over")
        _empty_tickets(tickets)
    return len(tickets)


def _empty_tickets(tickets: Iterable[int]) -> None:
    files = MessageFile.objects.filter(message__ticket__in=tickets)
    _drop(file.file for file in files.exclude(file=""))
    files.update(name=NAMELESS, file="")
    _empty_mails(Mail.objects.filter(ticket__in=tickets))
    TicketMessage.objects.filter(ticket__in=tickets).update(text=NAMELESS)
    Subtask.objects.filter(ticket__in=tickets).update(title=NAMELESS)
    TicketRating.objects.filter(ticket__in=tickets).update(comment="")
    Chat.objects.filter(ticket__in=tickets).update(visitor_name=None)
    Ticket.objects.filter(pk__in=tickets).update(subject=NAMELESS, contact=None)


@transaction.atomic
def _forget_mails(bound: datetime) -> int:
    old = Mail.objects.filter(ticket__isnull=True, at__lt=bound).exclude(state__in=WAITING)
    due = old.exclude(Q(peer__isnull=True) & Q(subject="") & Q(text="") & Q(quoted="") & Q(original=""))
    mails = [
        row.pk for row in due.only("pk").select_for_update(of=("self",), skip_locked=True).order_by("pk")[:AT_ONCE]
    ]
    if mails:
        name_act("service.stranger.forgotten", reason="retention over")
        _empty_mails(Mail.objects.filter(pk__in=mails))
    return len(mails)


def _empty_mails(mails: QuerySet[Mail]) -> None:
    _drop(mail.original for mail in mails.exclude(original=""))
    mails.update(**MAIL_GONE)


def _drop(files: Iterable[Any]) -> None:
    """Delete files from disk once no row names them any more."""
    kept = list(files)
    transaction.on_commit(lambda: delete_files(kept))
