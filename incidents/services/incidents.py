"""Incidents: reported with the moments it is known of, contained, resolved, closed with what was learnt."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from functools import partial

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from incidents.models import Case, Incident, IncidentAction, IncidentClock, IncidentEntry, NoticeRule
from risk.models import Risk
from risk.services.reassessments import force_reassessment
from staff.models import NotificationKind, User
from staff.services.notifications import notify


@transaction.atomic
def report_incident(
    *,
    actor: User,
    title: str,
    kind: str,
    severity: str,
    owner: User,
    occurred_at: datetime,
    detected_at: datetime,
    at: datetime,
    jurisdictions: Collection[str] = (),
    text: str = "",
    risk: Risk | None = None,
    case: Case | None = None,
    line_id: str | None = None,
) -> Incident:
    """Record an incident, start the clocks that law and policy set for its kind, and tell its owner.

    Its line is that of its risk or case where it has one. Nothing is detected in the future."""
    _check_owner(owner)
    _not_ahead(at, occurred_at=occurred_at, detected_at=detected_at)
    of = risk or case
    incident = Incident(
        title=title.strip(), kind=kind, severity=severity, owner=owner, text=text.strip(), risk=risk, case=case,
        line_id=of.line_id if of else line_id, jurisdictions=sorted(set(jurisdictions)), reported_by=actor,
        reported_at=at, occurred_at=occurred_at, detected_at=detected_at,
    )  # fmt: skip
    incident.full_clean(exclude=["reference", "jurisdictions"])
    name_act("incidents.incident.reported", reason=text)
    incident.save()
    incident.refresh_from_db(fields=["reference"])
    start_clocks(incident)
    _tell(incident, actor, at)
    return incident


def start_clocks(incident: Incident) -> list[IncidentClock]:
    """Start a clock for each rule of notice that was in force on the day of detection."""
    rules = NoticeRule.objects.for_incident(
        kind=incident.kind, jurisdictions=incident.jurisdictions, on=timezone.localdate(incident.detected_at)
    )
    return IncidentClock.objects.bulk_create(
        IncidentClock(incident=incident, rule=rule, due_at=incident.detected_at + timedelta(hours=rule.hours))
        for rule in rules
    )


@transaction.atomic
def meet_clock(*, actor: User, clock_id: int, met_at: datetime, note: str, at: datetime) -> IncidentClock:
    """Record that a notice was given, when and how; once, for what was told stands in the log of the incident too."""
    clock = IncidentClock.objects.select_for_update(of=["self"]).select_related("incident", "rule").get(pk=clock_id)
    if clock.met_at:
        raise ValidationError(_("This notice was given already."))
    if not note.strip():
        raise ValidationError({"note": _("Say who was told, and how.")})
    _not_ahead(at, met_at=met_at)
    if met_at < clock.incident.detected_at:
        raise ValidationError({"met_at": _("A notice is given after the incident was detected, not before.")})
    name_act("incidents.clock.met", reason=note)
    clock.met_at, clock.met_by, clock.note = met_at, actor, note.strip()
    clock.save(update_fields=["met_at", "met_by", "note"])
    told = str(clock.rule.get_told_display())
    IncidentEntry.objects.create(incident=clock.incident, at=met_at, by=actor, told=told, text=note.strip())
    return clock


@transaction.atomic
def write_in_incident(
    *, actor: User, incident_id: int, text: str, at: datetime, told: str = "", happened_at: datetime | None = None
) -> IncidentEntry:
    """Add a line to the timeline; with `told` it says whom somebody told what."""
    incident = _locked(incident_id)
    if not text.strip():
        raise ValidationError({"text": _("Write down what happened or was told.")})
    if happened_at:
        _not_ahead(at, happened_at=happened_at)
    name_act("incidents.incident.written")
    return IncidentEntry.objects.create(
        incident=incident, by=actor, at=happened_at or at, text=text.strip(), told=told.strip()
    )


@transaction.atomic
def reach_stage(
    *, actor: User, incident_id: int, stage: str, reached_at: datetime, text: str, at: datetime
) -> Incident:
    """Record when an incident was contained or resolved (`stage`), each once and in this order, and how."""
    incident = _locked(incident_id)
    if getattr(incident, f"{stage}_at"):
        raise ValidationError(_("That is recorded already."))
    before = incident.detected_at if stage == "contained" else incident.contained_at
    if before is None:
        raise ValidationError(_("An incident is contained before it is resolved: record that first."))
    _not_ahead(at, reached_at=reached_at)
    if reached_at < before:
        raise ValidationError({"reached_at": _("This lies before what came before it: look at the moments again.")})
    name_act(f"incidents.incident.{stage}", reason=text)
    setattr(incident, f"{stage}_at", reached_at)
    incident.save(update_fields=[f"{stage}_at"])
    IncidentEntry.objects.create(incident=incident, at=reached_at, by=actor, text=text.strip())
    return incident


@transaction.atomic
def add_action(*, actor: User, incident_id: int, title: str, owner: User, due_on: date) -> IncidentAction:
    """Say what somebody does until a day so that it does not happen again."""
    incident = _locked(incident_id)
    action = IncidentAction(incident=incident, title=title.strip(), owner=owner, due_on=due_on)
    action.full_clean()
    name_act("incidents.action.added")
    action.save()
    return action


@transaction.atomic
def finish_action(*, actor: User, action_id: int, at: datetime) -> IncidentAction:
    """Say that an action is done; again changes nothing, and it may be after the incident was closed."""
    action = IncidentAction.objects.select_for_update().get(pk=action_id)
    if action.done_at is None:
        name_act("incidents.action.done")
        action.done_at, action.done_by = at, actor
        action.save(update_fields=["done_at", "done_by"])
    return action


@transaction.atomic
def close_incident(*, actor: User, incident_id: int, root_cause: str, post_mortem: str, at: datetime) -> Incident:
    """Close a resolved incident with its root cause and post-mortem; its owner does, once every notice was given.

    Its risk is then assessed anew."""
    incident = _locked(incident_id)
    if incident.owner_id != actor.pk:
        raise PermissionDenied(_("Only the owner of an incident closes it."))
    if hurdle := hurdle_to_closing(incident):
        raise ValidationError(hurdle)
    for name, text in (("root_cause", root_cause), ("post_mortem", post_mortem)):
        if not text.strip():
            raise ValidationError({name: _("An incident is closed with its root cause and post-mortem.")})
    name_act("incidents.incident.closed", reason=post_mortem)
    incident.closed_at, incident.root_cause, incident.post_mortem = at, root_cause.strip(), post_mortem.strip()
    incident.save(update_fields=["closed_at", "root_cause", "post_mortem"])
    if incident.risk:
        url = reverse("incidents:incident_detail", args=[incident.reference])
        force_reassessment(
            actor=actor, risk=incident.risk, cause_key=f"incident:{incident.pk}", cause=str(incident), url=url, at=at
        )
    return incident


def hurdle_to_closing(incident: Incident) -> str:
    """Return the sentence that says why an incident cannot be closed yet, or nothing."""
    if incident.resolved_at is None:
        return _("It is not resolved yet.")
    if incident.clocks.filter(met_at__isnull=True).exists():
        return _("A notice is still owed: give it, and record it.")
    return ""


def tell_of_clocks(*, at: datetime, ahead: timedelta) -> int:
    """Tell owners of notices that are due within `ahead`, and of those overdue: each once; return how many are new."""
    due = IncidentClock.objects.filter(met_at__isnull=True, due_at__lte=at + ahead, incident__closed_at__isnull=True)
    told = 0
    for clock in due.select_related("incident", "rule"):
        overdue = clock.due_at < at
        told += notify(
            users=[clock.incident.owner_id],
            kind=NotificationKind.CLOCK,
            key=f"notice:{clock.pk}:{'over' if overdue else 'soon'}",
            title=partial(_clock_title, clock, overdue),
            url=reverse("incidents:incident_detail", args=[clock.incident.reference]),
            at=at,
        )
    return told


def _clock_title(clock: IncidentClock, overdue: bool) -> str:
    said = (
        _("Overdue: %(incident)s is owed to %(told)s") if overdue else _("Due soon: %(incident)s is owed to %(told)s")
    )
    return said % {"incident": clock.incident.reference, "told": clock.rule.get_told_display()}


def _locked(incident_id: int) -> Incident:
    incident = Incident.objects.select_for_update(of=["self"]).get(pk=incident_id)
    if incident.closed_at:
        raise ValidationError(_("%(reference)s is closed.") % {"reference": incident.reference})
    return incident


def _check_owner(owner: User) -> None:
    if not owner.is_active or not owner.has_perm("incidents.change_incident"):
        raise ValidationError(
            {"owner": _("%(person)s may not work on incidents, so cannot own one.") % {"person": owner}}
        )


def _not_ahead(at: datetime, **moments: datetime) -> None:
    if ahead := [name for name, moment in moments.items() if moment > at]:
        raise ValidationError({name: _("This lies in the future.") for name in ahead})


def _tell(incident: Incident, actor: User, at: datetime) -> None:
    if incident.owner_id == actor.pk:
        return
    notify(
        users=[incident.owner_id],
        kind=NotificationKind.ALERT,
        key=f"incident:{incident.pk}:owner:{incident.owner_id}",
        title=lambda: _("You now own %(incident)s") % {"incident": incident},
        url=reverse("incidents:incident_detail", args=[incident.reference]),
        at=at,
    )
