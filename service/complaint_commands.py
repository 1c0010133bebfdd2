"""What of complaints takes two people: a longer deadline, and a redress above the limit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pages.formats import day, money
from service.models import ComplaintClock, ComplaintRedress, ComplaintSubject
from service.services.complaint_entries import DECIDE, hold
from service.services.complaint_extensions import EXTEND, check_extension, extend_clock, extended_until
from service.services.redress import GRANT, grant_redress
from staff.changes import (
    Arguments,
    Command,
    Concealment,
    Differences,
    register_command,
    register_concealment,
    version_of,
)
from staff.models import ChangeRequest, User


def register() -> None:
    register_command(EXTENSION)
    register_command(REDRESS)
    register_concealment(Concealment(requests_about, people_of))


ABOUT = {"service_complaintclock": ComplaintClock, "service_complaintredress": ComplaintRedress}


def requests_about(user: User) -> Q:
    """Requests about a complaint that is about the person."""
    found = Q(pk__in=[])
    for table, model in ABOUT.items():
        rows = model._default_manager.filter(complaint__subjects__user=user)
        found |= Q(target_table=table, target_pk__in=rows.annotate(key=Cast("pk", TextField())).values("key"))
    return found


def people_of(request: ChangeRequest) -> list[int]:
    """Whom the complaint is about that a request is about; nobody where it is about something else."""
    if request.target_table not in ABOUT:
        return []
    rows = ABOUT[request.target_table]._default_manager.filter(pk=request.target_pk)
    return list(ComplaintSubject.objects.filter(complaint__in=rows.values("complaint")).values_list("user", flat=True))


def _clock(arguments: Arguments) -> ComplaintClock:
    return ComplaintClock.objects.select_related("complaint__ticket", "rule").get(pk=arguments["clock_id"])


def _check_extension(*, actor: User, arguments: Arguments) -> None:
    hold(_clock(arguments).complaint_id)  # the check comes before the clock itself is locked
    check_extension(_clock(arguments), at=timezone.now(), due_on=arguments["due_on"], actor=actor)


def _extend(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    clock = extend_clock(actor=actor, clock_id=arguments["clock_id"], due_on=arguments["due_on"], request=request)
    return _("Due on %(day)s; the complainant was told.") % {"day": day(clock.due_on)}


def _describe_extension(arguments: Arguments) -> Differences:
    clock = _clock(arguments)
    return [(clock.get_step_display(), day(clock.due_on), day(extended_until(clock).due))]


EXTENSION = Command(
    name=EXTEND,
    label=gettext_lazy("Extend the deadline of a complaint"),
    permission=DECIDE,
    execute=_extend,
    describe=_describe_extension,
    about=lambda arguments: str(_clock(arguments).complaint),
    version=lambda arguments: version_of(
        ComplaintClock.objects.filter(pk=arguments["clock_id"]), "due_on", "ended_on", "complaint__state"
    ),
    target=lambda arguments: ("service_complaintclock", arguments["clock_id"]),
    check=_check_extension,
    guards={"service_complaintextension": ("complaint_id", "clock_id", "due_on")},
    writes=lambda arguments: [
        {
            "table": "service_complaintextension",
            "on": "insert",
            "key": {},
            "values": {
                "complaint_id": _clock(arguments).complaint_id,
                "clock_id": arguments["clock_id"],
                "due_on": arguments["due_on"],
            },
        }
    ],
)


def _redress(arguments: Arguments) -> ComplaintRedress:
    return ComplaintRedress.objects.select_related("complaint__ticket").get(pk=arguments["redress_id"])


def _check_redress(*, actor: User, arguments: Arguments) -> None:
    hold(_redress(arguments).complaint_id)
    redress = _redress(arguments)
    if redress.state != "proposed" or str(redress.amount) != arguments["amount"]:
        raise ValidationError(_("This redress was decided before."))


def _grant(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    redress = grant_redress(_redress(arguments), by=actor, at=request.executed_at or timezone.now())
    return str(redress.get_state_display())


def _describe_redress(arguments: Arguments) -> Differences:
    redress = _redress(arguments)
    worth: Any = money(redress.amount, redress.currency) if redress.amount else "–"
    return [(redress.get_kind_display(), "–", worth)]


REDRESS = Command(
    name=GRANT,
    label=gettext_lazy("Grant a redress above the limit"),
    permission=DECIDE,
    execute=_grant,
    describe=_describe_redress,
    about=lambda arguments: str(_redress(arguments).complaint),
    version=lambda arguments: version_of(
        ComplaintRedress.objects.filter(pk=arguments["redress_id"]), "state", "amount", "currency", "customer_id"
    ),
    target=lambda arguments: ("service_complaintredress", arguments["redress_id"]),
    check=_check_redress,
    amount=lambda arguments: Decimal(arguments["amount"]),
    writes=lambda arguments: [],
)
