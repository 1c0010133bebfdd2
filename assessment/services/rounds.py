"""Rounds of a panel: opened with a deadline, closed once by whoever comes first, and what that means for the panel."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from assessment.models import Panel, PanelRound, PanelSeat, PanelState, RoundVerdict, Vote
from assessment.rules.delphi import FEWEST, Agreement, concordance, verdict_of
from assessment.services.panels import check_facilitates, is_off, locked_panel, panel_url, readings_of
from audit.services import name_act
from pages.formats import moment
from risk.services.register import cells_of
from staff.models import NotificationKind, User
from staff.services.notifications import notify

REMINDED_BEFORE = timedelta(days=1)


@transaction.atomic
def open_round(*, actor: User, panel_id: int, due_at: datetime, at: datetime) -> PanelRound:
    """Open the next round of a panel until `due_at`; the first one needs three experts. Every expert hears of it, once.

    Refused while a round is open, and once a round has ended the panel."""
    panel = locked_panel(panel_id, PanelState.PREPARING, PanelState.RUNNING)
    check_facilitates(actor, panel)
    last = panel.rounds.last()
    _check_next(panel, last)
    if due_at <= at:
        raise ValidationError({"due_at": _("Votes are due after the round opens.")})
    name_act("assessment.round.opened")
    opened = PanelRound.objects.create(panel=panel, number=last.number + 1 if last else 1, opened_at=at, due_at=due_at)
    if panel.state == PanelState.PREPARING:
        panel.state = PanelState.RUNNING
        panel.save(update_fields=["state"])
    _tell(opened, _sitting(panel), "opened", _opened, at)
    return opened


def _check_next(panel: Panel, last: PanelRound | None) -> None:
    seated = panel.seats.filter(left_at__isnull=True).count()
    if last is None and seated < FEWEST:
        raise ValidationError(_("A panel begins with at least %(fewest)s experts.") % {"fewest": FEWEST})
    if not seated:
        raise ValidationError(_("Nobody sits on this panel any more: finish or cancel it."))
    if last and last.is_open:
        raise ValidationError(_("Round %(number)s is open already.") % {"number": last.number})
    if last and last.ends_panel:
        raise ValidationError(_("The last round has ended the panel: %(why)s Finish it.") % {"why": why_of(last)})


@transaction.atomic
def close_round(*, actor: User | None, panel_id: int, at: datetime) -> PanelRound:
    """Close the open round and judge by the panel's rule whether it goes on; again returns the round that was closed.

    Before the deadline only once everybody has voted; after it those who have not are marked absent. `actor` None is
    the clock. Ends with a sentence, `why_of(round)`."""
    panel = locked_panel(panel_id, PanelState.RUNNING)
    if actor is not None:
        check_facilitates(actor, panel)
    last = panel.rounds.select_for_update(of=["self"]).order_by("-number").first()
    if last is None:
        raise ValidationError(_("No round was opened yet."))
    if not last.is_open:
        return last
    absent = list(_sitting_seats(panel).exclude(votes__round=last))
    if absent and at < last.due_at:
        raise ValidationError(
            _("Not everybody has voted, and there is time until %(due)s.") % {"due": moment(last.due_at)}
        )
    name_act("assessment.round.closed")
    _judge(panel, last, at)
    last.absent.set(absent)
    _tell_closed(panel, last, at)
    return last


def _judge(panel: Panel, last: PanelRound, at: datetime) -> None:
    """Write into the round what its votes amount to."""
    votes = list(Vote.objects.filter(round=last).select_related("seat").order_by("seat", "item__position"))
    last.closed_at, last.voters = at, len({vote.seat_id for vote in votes})
    agreement = agreement_of(panel, votes)
    last.agreement = Decimal(str(round(agreement.w, 4))) if agreement else None
    last.p_value = Decimal(str(round(agreement.p_value, 4))) if agreement else None
    readings = readings_of([last]).values()
    last.widest = max((max(one.spread_likelihood, one.spread_impact) for one in readings), default=None)
    verdict = verdict_of(
        experts=last.voters,
        w=agreement.w if agreement else None,
        widest=last.widest or Decimal(0),
        number=last.number,
        bound=panel.agreement_bound,
        spread=panel.spread_bound,
        rounds=panel.max_rounds,
    )
    last.verdict = verdict.value
    last.save(update_fields=["closed_at", "voters", "agreement", "p_value", "widest", "verdict"])


def agreement_of(panel: Panel, votes: list[Vote]) -> Agreement | None:
    """Return Kendall's W of the scores that experts gave, as their places stand in the panel's matrix."""
    cells = cells_of(panel.matrix)
    scores: dict[int, list[float]] = {}
    for vote in votes:
        scores.setdefault(vote.seat_id, []).append(cells[vote.likelihood, vote.impact].score)
    return concordance(list(scores.values()))


def why_of(closed: PanelRound) -> str:
    """Say in words why a panel goes on after a round, or why it ends; empty while the round is open."""
    rule = {
        "w": closed.agreement, "bound": closed.panel.agreement_bound, "widest": closed.widest,
        "spread": closed.panel.spread_bound, "voters": closed.voters, "fewest": FEWEST, "rounds": closed.panel.max_rounds,
    }  # fmt: skip
    return _SENTENCES[RoundVerdict(closed.verdict)](closed) % rule if closed.verdict else ""


def _agreed(closed: PanelRound) -> str:
    if closed.agreement is None:
        return _("The experts agree: no item spreads over more than %(spread)s steps.")
    return _("The experts agree: W is %(w)s (from %(bound)s), and no item spreads over more than %(spread)s steps.")


def _goes_on(closed: PanelRound) -> str:
    if closed.widest is not None and closed.widest > closed.panel.spread_bound:
        return _("It goes on: one item spreads over %(widest)s steps, more than %(spread)s.")
    return _("It goes on: W is %(w)s, below %(bound)s.")


_SENTENCES = {
    RoundVerdict.AGREED: _agreed,
    RoundVerdict.GOES_ON: _goes_on,
    RoundVerdict.LAST: lambda closed: _(
        "The experts do not agree, and %(rounds)s rounds are all that were allowed: the spread is kept with the result."
    ),
    RoundVerdict.TOO_FEW: lambda closed: _(
        "It goes on: %(voters)s voted, and of fewer than %(fewest)s experts nobody can say that they agree."
    ),
    RoundVerdict.TOO_FEW_LAST: lambda closed: _(
        "It ends without agreement: %(voters)s voted in the last round, and of fewer than %(fewest)s experts nobody can "
        "say that they agree."
    ),
}


def close_due_rounds(*, at: datetime) -> int:
    """Close every round whose deadline has passed; return how many."""
    due = Panel.objects.filter(state=PanelState.RUNNING, rounds__closed_at__isnull=True, rounds__due_at__lte=at)
    panels = list(due.values_list("pk", flat=True))
    for pk in panels:
        close_round(actor=None, panel_id=pk, at=at)
    return len(panels)


def remind_of_votes(*, at: datetime) -> int:
    """Remind experts who have not voted a day before votes are due, once for each round; return how many were told."""
    soon = PanelRound.objects.filter(closed_at__isnull=True, panel__state=PanelState.RUNNING)
    told = 0
    for one in soon.filter(due_at__gt=at, due_at__lte=at + REMINDED_BEFORE).select_related("panel"):
        waiting = _sitting_seats(one.panel).exclude(votes__round=one).values_list("expert_id", flat=True)
        told += _tell(one, list(waiting), "due", _due, at)
    return told


def _sitting_seats(panel: Panel) -> QuerySet[PanelSeat]:
    return PanelSeat.objects.filter(panel=panel, left_at__isnull=True)


def _sitting(panel: Panel) -> list[int]:
    return list(_sitting_seats(panel).values_list("expert_id", flat=True))


def _tell_closed(panel: Panel, closed: PanelRound, at: datetime) -> None:
    """Everybody on the panel hears that there is a distribution; at the end those who lie apart are asked to say why."""
    _tell(closed, [*_sitting(panel), panel.facilitator_id], "closed", _closed, at)
    if closed.ends_panel:
        readings = readings_of([closed])
        votes = Vote.objects.filter(round=closed, seat__left_at__isnull=True).select_related("seat")
        apart = {vote.seat.expert_id for vote in votes if is_off(vote, readings[closed.pk, vote.item_id])}
        _tell(closed, sorted(apart), "dissent", _asked, at)


def _opened(one: PanelRound) -> str:
    return _("Panel %(panel)s waits for your vote, round %(number)s") % {"panel": one.panel, "number": one.number}


def _due(one: PanelRound) -> str:
    return _("Your vote on panel %(panel)s is due tomorrow") % {"panel": one.panel}


def _closed(one: PanelRound) -> str:
    return _("Round %(number)s of panel %(panel)s is closed") % {"panel": one.panel, "number": one.number}


def _asked(one: PanelRound) -> str:
    return _("You ended apart from panel %(panel)s: would you write a dissent?") % {"panel": one.panel}


def _tell(one: PanelRound, people: list[int], what: str, title: Callable[[PanelRound], str], at: datetime) -> int:
    return notify(
        users=people,
        kind=NotificationKind.REVIEW,
        key=f"panel:{one.panel_id}:{one.number}:{what}",
        title=lambda: title(one),
        url=panel_url(one.panel),
        at=at,
    )
