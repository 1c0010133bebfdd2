"""Carrying out what was approved: once, by the database's word, with the target as it was when it was asked for."""

import hashlib
import logging
from datetime import datetime

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import InterfaceError, OperationalError, transaction
from django.utils.translation import gettext as _

from audit.context import acting
from audit.services import end_approval, name_act
from staff.changes import Command, command_named
from staff.languages import speaking_to
from staff.models import ChangeRequest, ChangeState
from staff.services.change_news import tell_maker
from staff.tasks.changes import execute_approved_task

logger = logging.getLogger(__name__)


def execute_approved(*, request_id: int, at: datetime) -> ChangeRequest:
    """Carry out an approved request, in its maker's name, and return it with its outcome.

    Safe to call twice and in parallel: the row is locked, and only an approved one is carried out. A process that dies
    inside leaves it approved, for the next call.
    """
    maker_id = ChangeRequest.objects.values_list("maker_id", flat=True).get(pk=request_id)
    with acting(actor_id=maker_id, label=f"change:{request_id}"), transaction.atomic():
        request = (
            ChangeRequest.objects.select_for_update(of=["self"]).select_related("maker", "policy").get(pk=request_id)
        )
        if request.state == ChangeState.APPROVED:
            with speaking_to(request.maker):
                _settle(request, at)
            tell_maker(request, at)
    return request


def execute_due(*, at: datetime) -> int:
    """Queue again whatever is approved and not carried out, its message or its worker lost; return how many."""
    waiting = list(ChangeRequest.objects.approved().filter(expires_at__gt=at).values_list("pk", flat=True))
    for request_id in waiting:
        execute_approved_task.delay(request_id)
    return len(waiting)


def _settle(request: ChangeRequest, at: datetime) -> None:
    """Bring an approved request to its end: carried out, or why not."""
    if request.is_expired(at):
        return _end(request, ChangeState.EXPIRED, _("It was not carried out in time."), at)
    try:
        command = command_named(request.command)
        _check_maker(request, command)
        if current_version(command, request, lock=True) != request.target_version:
            return _end(request, ChangeState.STALE, _("The record has changed since this was asked for."), at)
        _carry_out(request, command, at)
    except (ValidationError, PermissionDenied) as error:
        _end(request, ChangeState.FAILED, " ".join(getattr(error, "messages", [str(error)])), at)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        logger.exception("Change request %s (%s) failed.", request.pk, request.command)
        _end(request, ChangeState.FAILED, _("It stopped for an unexpected reason, which was logged."), at)


def _check_maker(request: ChangeRequest, command: Command) -> None:
    if not request.maker.is_active or not request.maker.has_perm(command.permission):
        raise PermissionDenied(_("Whoever asked for it may not do this any more."))
    command.check(actor=request.maker, arguments=request.said)


def _carry_out(request: ChangeRequest, command: Command, at: datetime) -> None:
    """Do it. The state comes first, because guards ask for it; all of it is undone together if the command fails."""
    before = request.executed_xid
    try:
        with transaction.atomic():
            name_act(f"{command.name}.approved", reason=request.reason, approval_id=request.pk)
            request.state, request.executed_at = ChangeState.EXECUTED, at
            request.save(update_fields=["state", "executed_at"])
            result = command.execute(actor=request.maker, arguments=request.said, request=request)
            if isinstance(result, str) and result:
                request.result = result
                request.save(update_fields=["result"])
            end_approval()
    except BaseException:
        request.state, request.executed_at, request.executed_xid = ChangeState.APPROVED, None, before
        raise


def _end(request: ChangeRequest, state: ChangeState, error: str, at: datetime) -> None:
    name_act(f"staff.change.{state}")
    request.state, request.error = state, error
    request.decided_at = request.decided_at or at
    request.save(update_fields=["state", "error", "decided_at"])


def current_version(command: Command, request: ChangeRequest, *, lock: bool = False) -> str:
    """Return the hash of the target's version now, empty if it is gone; with `lock` nobody changes it until we end."""
    if lock and request.target_pk:
        model = next(model for model in apps.get_models() if model._meta.db_table == request.target_table)
        list(model._base_manager.select_for_update(of=["self"]).filter(pk=request.target_pk).values_list("pk"))
    try:
        return hashlib.sha256(command.version(request.said).encode()).hexdigest()
    except ObjectDoesNotExist:
        return ""


def is_stale(request: ChangeRequest) -> bool:
    """Return whether carrying it out now would find another record than the one that was asked about."""
    try:
        command = command_named(request.command)
    except ValidationError:
        return True
    return current_version(command, request) != request.target_version
