"""Change requests: proposed by one person, judged by others, carried out once. `docs/four-eyes.md` draws the states."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from audit.rules.canonical import canonical_json
from audit.services import name_act
from staff.changes import Command, command_named
from staff.checkers import authority_of
from staff.models import Approval, ChangePolicy, ChangeRequest, ChangeState, User, Verdict
from staff.rules.changes import approvals_needed
from staff.services.change_clock import escalate_due, expire_due, remind_due
from staff.services.change_execution import execute_approved, execute_due
from staff.services.change_news import tell_broken_glass, tell_checkers, tell_maker
from staff.services.delegations import delegate, revoke_delegation
from staff.tasks.changes import execute_approved_task

__all__ = [
    "approve",
    "delegate",
    "escalate_due",
    "execute_approved",
    "execute_due",
    "expire_due",
    "propose",
    "refuse",
    "remind_due",
    "review_break_glass",
    "revoke_delegation",
    "withdraw",
]


@transaction.atomic
def propose(
    *,
    actor: User,
    command: str,
    arguments: dict[str, Any],
    reason: str,
    at: datetime,
    break_glass: bool = False,
) -> ChangeRequest:
    """Ask for a registered command to be carried out with `arguments`, and tell whoever may approve it.

    With `break_glass`, where the policy allows it, it is carried out at once and waits for a review by somebody else.
    """
    known = command_named(command)
    _check_maker(actor, known, arguments, reason)
    policy = ChangePolicy.objects.in_force(at).filter(command=command).first()
    if policy is None:
        raise ValidationError(_("No policy says who approves this: ask an administrator to add one."))
    if break_glass and not policy.break_glass:
        raise ValidationError(_("The policy does not let this be done at once."))
    name_act("staff.change.proposed", reason=reason)
    request = recorded(actor, known, arguments, policy, reason=reason.strip(), break_glass=break_glass, at=at)
    if break_glass:
        return _break_glass(request, at)
    tell_checkers(request, at)
    return request


def _check_maker(actor: User, command: Command, arguments: dict[str, Any], reason: str) -> None:
    if not actor.is_active or not actor.has_perm(command.permission):
        raise PermissionDenied(_("Your role may not ask for this."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why, for whoever approves it and for the log.")})
    try:
        command.check(actor=actor, arguments=arguments)
    except (KeyError, TypeError, ValueError, ObjectDoesNotExist) as error:
        raise ValidationError(_("These arguments do not fit the action: %(error)s.") % {"error": error}) from error


def recorded(
    actor: User, command: Command, arguments: dict[str, Any], policy: ChangePolicy, *, at: datetime, **said: Any
) -> ChangeRequest:
    """Write a request down, with what it changes as it stands now; whether `actor` may ask is asked before."""
    try:
        fields = _fields(command, arguments)
    except (KeyError, TypeError, ValueError, ObjectDoesNotExist) as error:
        raise ValidationError(_("These arguments do not fit the action: %(error)s.") % {"error": error}) from error
    needed = approvals_needed(policy.approvals, policy.bands, fields["amount"])
    request = ChangeRequest(
        command=command.name, maker=actor, policy=policy, approvals_needed=needed, created_at=at,
        expires_at=at + timedelta(hours=policy.expiry_hours), **fields, **said,
    )  # fmt: skip
    try:
        with transaction.atomic():
            request.save()
    except IntegrityError as error:
        if "one_open_change_per_command_and_target" not in str(error):
            raise
        waiting = ChangeRequest.objects.open().of([command.name]).about(request.target_table, request.target_pk).get()
        raise ValidationError(
            _("A request to do this is waiting already: number %(id)d, asked for by %(maker)s.")
            % {"id": waiting.pk, "maker": waiting.maker}
        ) from error
    return request


def _fields(command: Command, arguments: dict[str, Any]) -> dict[str, Any]:
    """What a request says: canonical texts and their hash, what people read, and the version of the target."""
    said, writes = canonical_json(arguments).decode(), canonical_json(command.writes_of(arguments)).decode()
    table, pk = command.target(arguments)
    whole = canonical_json({"arguments": arguments, "command": command.name, "writes": command.writes_of(arguments)})
    return {
        "arguments": said,
        "writes": writes,
        "hash": hashlib.sha256(whole).hexdigest(),
        "shown": shown_of(command, arguments),
        "target_table": table,
        "target_pk": "" if pk in (None, "") else str(pk),
        "target_version": hashlib.sha256(command.version(arguments).encode()).hexdigest(),
        "amount": command.amount(arguments),
    }


def shown_of(command: Command, arguments: dict[str, Any]) -> dict[str, Any]:
    """Return title and differences in every language, kept as they stood when somebody asked."""
    shown = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            about = command.about(arguments) if command.about else ""
            rows = [[str(label), _plain(before), _plain(after)] for label, before, after in command.describe(arguments)]
            shown[language] = {"title": f"{command.label}: {about}" if about else str(command.label), "rows": rows}
    return shown


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _break_glass(request: ChangeRequest, at: datetime) -> ChangeRequest:
    name_act("staff.change.glass_broken", reason=request.reason)
    request.state, request.decided_at = ChangeState.APPROVED, at
    request.save(update_fields=["state", "decided_at"])
    request = execute_approved(request_id=request.pk, at=at)
    if request.state != ChangeState.EXECUTED:
        raise ValidationError(request.error or _("It could not be done."))
    tell_broken_glass(request, at)
    return request


@transaction.atomic
def approve(*, actor: User, request_id: int, comment: str = "", at: datetime) -> ChangeRequest:
    """Agree to somebody else's request. With the last approval that its policy asks for, it is carried out."""
    request = _judged(actor, request_id, Verdict.APPROVE, comment, at)
    if request.approvals.filter(verdict=Verdict.APPROVE).count() >= request.approvals_needed:
        request.state, request.decided_at = ChangeState.APPROVED, at
        request.save(update_fields=["state", "decided_at"])
        execute_approved_task.delay_on_commit(request.pk)
    return request


@transaction.atomic
def refuse(*, actor: User, request_id: int, comment: str, at: datetime) -> ChangeRequest:
    """Refuse somebody else's request and say why; one refusal ends it."""
    if not comment.strip():
        raise ValidationError({"comment": _("Say why you refuse, so that it can be asked better.")})
    request = _judged(actor, request_id, Verdict.REFUSE, comment, at)
    request.state, request.decided_at = ChangeState.REFUSED, at
    request.save(update_fields=["state", "decided_at"])
    tell_maker(request, at)
    return request


def _judged(actor: User, request_id: int, verdict: Verdict, comment: str, at: datetime) -> ChangeRequest:
    """Record a verdict on a request that waits, with the request locked."""
    request = locked(request_id)
    if request.maker_id == actor.pk:
        raise PermissionDenied(_("You asked for this yourself: somebody else decides."))
    if request.approvals.filter(checker=actor).exists():
        raise ValidationError(_("You have judged this request already."))
    if request.is_expired(at):
        raise ValidationError(_("This request has expired: it has to be asked for anew."))
    if request.state != ChangeState.PENDING:
        raise ValidationError(
            _("This request is not waiting any more: %(state)s.") % {"state": request.get_state_display()}
        )
    authority = authority_of(actor, request, at)
    if authority is None:
        raise PermissionDenied(_("You may not judge this request, or the right you would use has been used."))
    name_act(f"staff.change.{'approved' if verdict == Verdict.APPROVE else 'refused'}", reason=comment)
    Approval.objects.create(
        request=request, maker_id=request.maker_id, checker=actor, authority=authority, verdict=verdict,
        comment=comment.strip(), hash=request.hash, at=at,
    )  # fmt: skip
    return request


def locked(request_id: int) -> ChangeRequest:
    """Return a request with its row locked, so that judging and carrying out happen one after the other."""
    return ChangeRequest.objects.select_for_update(of=["self"]).select_related("maker", "policy").get(pk=request_id)


@transaction.atomic
def withdraw(*, actor: User, request_id: int, at: datetime) -> ChangeRequest:
    """Take back one's own request while it is not carried out."""
    request = locked(request_id)
    if request.maker_id != actor.pk:
        raise PermissionDenied(_("Only whoever asked for it takes it back."))
    if not request.is_open:
        raise ValidationError(
            _("This request is not waiting any more: %(state)s.") % {"state": request.get_state_display()}
        )
    name_act("staff.change.withdrawn")
    request.state, request.decided_at = ChangeState.WITHDRAWN, at
    request.save(update_fields=["state", "decided_at"])
    return request


@transaction.atomic
def review_break_glass(*, actor: User, request_id: int, verdict: str, comment: str, at: datetime) -> ChangeRequest:
    """Close what somebody did at once: right (`approve`) or wrong (`refuse`), by somebody else, with a comment."""
    request = locked(request_id)
    if request.maker_id == actor.pk:
        raise PermissionDenied(_("You did this yourself: somebody else reviews it."))
    if not request.break_glass or request.state != ChangeState.EXECUTED or request.reviewed_at is not None:
        raise ValidationError(_("This request waits for no review."))
    if authority_of(actor, request, at) is None:
        raise PermissionDenied(_("Your role may not review this."))
    if verdict not in Verdict.values or not comment.strip():
        raise ValidationError({"comment": _("Say whether it was right, and why.")})
    name_act("staff.change.reviewed", reason=comment)
    request.reviewed_by, request.reviewed_at = actor, at
    request.review_verdict, request.review_comment = verdict, comment.strip()
    request.save(update_fields=["reviewed_by", "reviewed_at", "review_verdict", "review_comment"])
    return request
