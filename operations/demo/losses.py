"""What went wrong at the demo company: an incident from its beginning to its post-mortem, one that is open, and a loss that
movements explain."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from customers.models import Transaction
from incidents.models import Case, Incident
from incidents.services.crises import decide_in_crisis, declare_crisis, end_crisis
from incidents.services.incidents import (
    add_action,
    close_incident,
    finish_action,
    meet_clock,
    reach_stage,
    report_incident,
    write_in_incident,
)
from incidents.services.losses import add_entry, match_transaction, record_loss
from risk.models import BaselType, Risk
from staff.models import User


def make_losses(people: dict[str, User], *, now: datetime) -> None:
    past = _payout_twice(people, now - timedelta(days=60))
    _loss(people, past, now)
    _earlier_losses(people, now)
    _open_leak(people, now)
    _crisis(people, past, now - timedelta(days=59))


def _payout_twice(people: dict[str, User], at: datetime) -> Incident:
    owner, hours = people["risk"], lambda n: at + timedelta(hours=n)
    incident = report_incident(
        actor=people["risk2"], owner=owner, title="Payout file released twice", kind="payment", severity="high",
        occurred_at=hours(-3), detected_at=at, at=hours(1), jurisdictions=["CN"],
        risk=Risk.objects.filter(title__startswith="Payout file").first(),
        text="The evening file was released by hand after it had gone out by itself.",
    )  # fmt: skip
    which = {"actor": owner, "incident_id": incident.pk}
    write_in_incident(**which, text="Bank asked to return the second file.", told="Settlement bank", at=hours(2))
    reach_stage(**which, stage="contained", reached_at=hours(5), text="The bank holds what is left.", at=hours(5))
    reach_stage(**which, stage="resolved", reached_at=hours(40), text="All but three payees paid back.", at=hours(40))
    for clock in incident.clocks.all():
        meet_clock(
            actor=owner, clock_id=clock.pk, met_at=hours(3), note="Told by telephone, then in writing.", at=hours(3)
        )
    action = add_action(**which, title="Release by hand needs a second person", owner=people["lead"],
                        due_on=timezone.localdate(hours(24 * 20)))  # fmt: skip
    finish_action(actor=people["lead"], action_id=action.pk, at=hours(24 * 12))
    close_incident(
        **which, at=hours(24 * 14), root_cause="Releasing by hand did not look whether the file had gone out.",
        post_mortem="Detected by a payee, not by us: the reconciliation ran only in the morning. It now runs each hour.",
    )  # fmt: skip
    return incident


def _loss(people: dict[str, User], incident: Incident, now: datetime) -> None:
    """The gross amount is that of two movements; a third is not found yet, so the ledger says what is missing."""
    day = timezone.localdate(incident.detected_at)
    found = Transaction.objects.filter(amount__lt=0, booked_on__gte=day, currency="CNY").select_related("customer")
    moved = list(found.order_by("booked_on", "id")[:2])
    paid = sum((-one.amount for one in moved), Decimal(0))
    first = max([day, *(one.booked_on for one in moved)])
    loss = record_loss(
        actor=people["risk"], title="Second payout to payees", currency="CNY", amount=paid + Decimal("1280.50"),
        occurred_on=day, discovered_on=day, accounted_on=first, at=now, risk=incident.risk, incident=incident,
        basel_type=BaselType.objects.get(code="execution"),
    )  # fmt: skip
    entry = loss.entries.get()
    for one in moved:
        match_transaction(
            actor=people["compliance"], entry_id=entry.pk, customer=one.customer.reference, booked_on=one.booked_on,
            amount=-one.amount, at=now,
        )  # fmt: skip
    add_entry(
        actor=people["risk"], loss_id=loss.pk, kind="insurance", amount=Decimal("500.00"), booked_on=first,
        note="Policy for payment errors", at=now,
    )  # fmt: skip


# title, days ago, line, Basel type, gross, recovered
EARLIER = [
    ("Stolen cards in a series of purchases", 150, "payment", "external_fraud", "48200.00", "31500.00"),
    ("Fees refunded after a wrong price list", 260, "wealth", "clients", "12750.00", None),
    ("Documents of loans forged by a broker", 430, "p2p", "external_fraud", "86000.00", "20000.00"),
    ("Outage of the payment gateway, refunds", 520, "payment", "business_disruption", "9400.00", "9400.00"),
]  # fmt: skip


def _earlier_losses(people: dict[str, User], now: datetime) -> None:
    for title, days, line, code, gross, recovered in EARLIER:
        day = timezone.localdate(now) - timedelta(days=days)
        loss = record_loss(
            actor=people["risk"], title=title, currency="CNY", amount=Decimal(gross), occurred_on=day, discovered_on=day,
            accounted_on=day, at=now, line_id=line, basel_type=BaselType.objects.get(code=code),
        )  # fmt: skip
        if recovered:
            add_entry(
                actor=people["risk"], loss_id=loss.pk, kind="recovery", amount=Decimal(recovered), note="Paid back",
                booked_on=day + timedelta(days=40), at=now,
            )  # fmt: skip


def _open_leak(people: dict[str, User], now: datetime) -> None:
    case = Case.objects.order_by("-opened_at").first()
    incident = report_incident(
        actor=people["lead"], owner=people["compliance"], title="A list of customers was sent to the wrong partner",
        kind="personal_data", severity="high", occurred_at=now - timedelta(hours=30), detected_at=now - timedelta(hours=20),
        at=now, jurisdictions=["CN", "EU"], case=case, risk=case.risk if case else None,
        text="Forty names with telephone numbers; the partner says that it has deleted them.",
    )  # fmt: skip
    write_in_incident(
        actor=people["compliance"], incident_id=incident.pk, text="Asked for a written statement of deletion.",
        told="The partner", at=now,
    )  # fmt: skip


def _crisis(people: dict[str, User], incident: Incident, at: datetime) -> None:
    crisis = declare_crisis(
        actor=people["management"], title="Payouts stopped for a day", incident=incident, at=at,
        message="Promise no customer a day of payment; send questions to the desk lead.",
        authority="Chief executive, by the rules of procedure", reason="Nobody knows yet who was paid twice.",
    )  # fmt: skip
    decide_in_crisis(
        actor=people["management"], crisis_id=crisis.pk, decision="No file is released before it is reconciled.",
        grounds="Two files were out, a third was due at six.", carried_out_by="Risk office", at=at + timedelta(hours=1),
    )  # fmt: skip
    end_crisis(
        actor=people["management"], crisis_id=crisis.pk, reason="The bank has returned the second file.",
        at=at + timedelta(hours=22),
    )  # fmt: skip
