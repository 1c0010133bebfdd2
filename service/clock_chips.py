"""How clocks look: a chip that counts down on the working calendar, and the columns of lists of clocks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pages.columns import Column
from pages.formats import NOTHING, moment
from pages.templatetags.pages import icon_svg, pill_html
from service.models import BreachCause, ClockKind, TicketClock, TicketStatus
from service.policy_words import open_time
from service.rules.business_time import BusinessHours, business_time_between
from service.rules.clocks import tone_of_clock
from service.services.calendars import hours_of

FAR = timedelta(days=20)  # beyond it nothing is urgent on any calendar, and the open time is not worth counting
KINDS, CAUSES, STATES = dict(ClockKind.choices), dict(BreachCause.choices), dict(TicketStatus.choices)


class Chips:
    """Chips of clocks at one moment; each calendar is read once."""

    def __init__(self, at: datetime | None = None) -> None:
        self.at = at or timezone.now()
        self.hours: dict[int, BusinessHours] = {}

    def of(self, clock: TicketClock | None, *, named: bool = False) -> Any:
        """What a clock says: how much open time is left, by how much it is over, why it stands still, or when it was met.
        `named` puts the clock's kind before it."""
        if clock is None:
            return NOTHING
        tone, icon, text = self._said(clock)
        title = moment(clock.due_at) if clock.due_at else _("%(time)s of %(whole)s used") % self._used(clock)
        said = f"{KINDS[clock.kind]}: {text}" if named else text
        return format_html(
            '<span class="pill pill-{} deadline" title="{}">{}{}</span>', tone, title, icon_svg(icon), said
        )

    def next_of(self, ticket: Any) -> Any:
        """The chip of a ticket's next deadline, or of a clock that stands still; None where its clocks were not fetched
        (`with_clocks`) or none is left."""
        clocks = getattr(ticket, "clocks_now", ())
        running = [clock for clock in clocks if clock.due_at and not clock.paused_since]
        if running:
            return self.of(min(running, key=lambda clock: clock.due_at))
        return self.of(clocks[0]) if clocks else None

    def _said(self, clock: TicketClock) -> tuple[str, str, str]:
        if clock.met_at:
            late = clock.breached_at is not None
            return ("red" if late else "green", "check", _("met late") if late else _("met"))
        if clock.paused_since:
            return "neutral", "clock-pause", _("Paused: %(why)s") % {"why": STATES.get(clock.why, clock.why)}
        if clock.due_at is None:
            return "neutral", "clock", _("no deadline")
        return self._counted(clock, clock.due_at)

    def _counted(self, clock: TicketClock, due: datetime) -> tuple[str, str, str]:
        if due - self.at > FAR:
            return "neutral", "clock", moment(due)
        hours = self.calendar(clock)
        target = timedelta(seconds=clock.target_seconds)
        tone = tone_of_clock(self.at, due, target=target, calendar=hours)
        left = business_time_between(self.at, due, hours)
        if due < self.at:
            return tone, "alarm", _("%(time)s over") % {"time": open_time(-left)}
        return tone, "clock", _("%(time)s left") % {"time": open_time(left)}

    def calendar(self, clock: TicketClock) -> BusinessHours:
        key = clock.policy.calendar_id
        if key not in self.hours:
            self.hours[key] = hours_of(clock.policy.calendar)
        return self.hours[key]

    def used(self, clock: TicketClock) -> timedelta:
        """Return the open time that a clock has used by now."""
        used = timedelta(seconds=clock.used_seconds)
        if clock.counted_from is None or clock.met_at:
            return used
        return used + max(business_time_between(clock.counted_from, self.at, self.calendar(clock)), timedelta())

    def _used(self, clock: TicketClock) -> dict[str, str]:
        return {"time": open_time(self.used(clock)), "whole": open_time(timedelta(seconds=clock.target_seconds))}


def with_clocks(tickets: QuerySet) -> QuerySet:
    """Tickets with the clocks that are not met yet, for their chips; one statement more for a page."""
    unmet = TicketClock.objects.unmet().select_related("policy__calendar")
    return tickets.prefetch_related(Prefetch("clocks", unmet, to_attr="clocks_now"))


def cause_pill(clock: Any) -> Any:
    return pill_html(CAUSES[clock.said], "neutral") if clock.said else NOTHING


def clock_columns(chips: Chips) -> Sequence[Column]:
    """The clocks of one ticket."""
    return (
        Column("kind", gettext_lazy("Clock"), lambda row: KINDS[row.kind]),
        Column("chip", gettext_lazy("State"), chips.of),
        Column("due", gettext_lazy("Due"), lambda row: moment(row.due_at)),
        Column("started", gettext_lazy("Started"), lambda row: moment(row.started_at)),
        Column("used", gettext_lazy("Used"), lambda row: open_time(chips.used(row)), numeric=True),
        Column(
            "target", gettext_lazy("Target"), lambda row: open_time(timedelta(seconds=row.target_seconds)), numeric=True
        ),
        Column("policy", gettext_lazy("Service policy"), lambda row: row.policy.name),
        Column("cause", gettext_lazy("Cause"), cause_pill),
    )


def breach_columns() -> Sequence[Column]:
    """Breaches of many tickets."""
    return (
        Column("ticket", gettext_lazy("Ticket no."), lambda row: row.ticket.reference, mono=True, link=True),
        Column("kind", gettext_lazy("Clock"), lambda row: KINDS[row.kind]),
        Column("cause", gettext_lazy("Cause"), cause_pill),
        Column("breached_at", gettext_lazy("Breached"), lambda row: moment(row.breached_at), sort="breached_at"),
        Column(
            "over",
            gettext_lazy("Met"),
            lambda row: moment(row.met_at) if row.met_at else pill_html(_("still open"), "red"),
        ),
        Column("queue", gettext_lazy("Queue"), lambda row: row.ticket.queue),
        Column("assignee", gettext_lazy("Agent"), lambda row: row.ticket.assignee),
        Column("policy", gettext_lazy("Service policy"), lambda row: row.policy.name),
        Column("ticket_kind", gettext_lazy("Kind"), lambda row: row.ticket.get_kind_display(), default=False),
    )
