"""Cases: opened on an alert or by hand, worked on by their owner, closed with a root cause."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.services import name_act
from incidents.models import Case, CaseEntry, CaseState
from risk.models import Alert, Risk
from staff.models import NotificationKind, User
from staff.services.notifications import notify


@transaction.atomic
def open_case(
    *,
    actor: User,
    title: str,
    severity: str,
    owner: User,
    at: datetime,
    text: str = "",
    risk: Risk | None = None,
    alert: Alert | None = None,
) -> Case:
    """Open a case for `owner`, who hears of it. On an alert there is one open case: whoever comes second is told so."""
    _check_owner(owner)
    line = risk.line_id if risk else alert.indicator.line_id if alert else None
    case = Case(
        title=title,
        severity=severity,
        owner=owner,
        opened_by=actor,
        opened_at=at,
        text=text,
        risk=risk,
        alert=alert,
        line_id=line,
    )
    case.full_clean(exclude=["reference"])
    name_act("incidents.case.opened", reason=text)
    try:
        with transaction.atomic():
            case.save()
    except IntegrityError as error:  # somebody else has opened one meanwhile
        raise ValidationError(_("This alert already has an open case.")) from error
    case.refresh_from_db(fields=["reference"])
    _tell(case, actor, at)
    return case


@transaction.atomic
def assign_case(*, actor: User, case_id: int, owner: User, at: datetime) -> Case:
    """Give an open case another owner, who hears of it."""
    case = _locked(case_id)
    _check_owner(owner)
    name_act("incidents.case.assigned")
    case.owner = owner
    case.save(update_fields=["owner"])
    _tell(case, actor, at)
    return case


@transaction.atomic
def note_in_case(*, actor: User, case_id: int, text: str, at: datetime) -> CaseEntry:
    """Add an entry to an open case. The first one of its owner says that it is being worked on."""
    case = _locked(case_id)
    if not text.strip():
        raise ValidationError({"text": _("Write what was done or learnt.")})
    name_act("incidents.case.noted")
    if case.state == CaseState.OPEN and actor.pk == case.owner_id:
        case.state = CaseState.WORKING
        case.save(update_fields=["state"])
    return CaseEntry.objects.create(case=case, at=at, by=actor, text=text.strip())


@transaction.atomic
def close_case(*, actor: User, case_id: int, root_cause: str, conclusion: str, at: datetime) -> Case:
    """Close a case with its root cause and what was concluded; its owner does, and no plan may still run on it."""
    case = _locked(case_id)
    if case.owner_id != actor.pk:
        raise PermissionDenied(_("Only the owner of a case closes it."))
    if hurdle := hurdle_to_closing(case):
        raise ValidationError(hurdle)
    if not root_cause.strip():
        raise ValidationError({"root_cause": _("Say what the root cause was.")})
    name_act("incidents.case.closed", reason=conclusion)
    case.state, case.closed_at = CaseState.CLOSED, at
    case.root_cause, case.conclusion = root_cause.strip(), conclusion.strip()
    case.save(update_fields=["state", "closed_at", "root_cause", "conclusion"])
    return case


def hurdle_to_closing(case: Case) -> str:
    """Return the sentence that says why a case cannot be closed yet, or nothing."""
    running = case.activations.filter(ended_at__isnull=True).select_related("plan").first()
    return _("The plan %(plan)s is still active: end it first.") % {"plan": running.plan} if running else ""


def _check_owner(owner: User) -> None:
    if not owner.is_active or not owner.has_perm("incidents.change_case"):
        raise ValidationError({"owner": _("%(person)s may not work on cases, so cannot own one.") % {"person": owner}})


def _tell(case: Case, actor: User, at: datetime) -> None:
    if case.owner_id == actor.pk:
        return
    notify(
        users=[case.owner_id],
        kind=NotificationKind.ALERT,
        key=f"case:{case.pk}:owner:{case.owner_id}",
        title=lambda: _("You now own the case %(case)s") % {"case": case},
        url=reverse("incidents:case_detail", args=[case.reference]),
        at=at,
    )


def _locked(case_id: int) -> Case:
    case = Case.objects.select_for_update(of=["self"]).get(pk=case_id)
    if not case.is_open:
        raise ValidationError(_("%(reference)s is closed.") % {"reference": case.reference})
    return case
