"""The call tree of an activated plan: laid out on the board, reached by people, passed to deputies in time."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from audit.services import name_act
from incidents.models import Activation, ActivationCall, PlanVersion
from incidents.rules.call_tree import Call, read_tree, tree_as_stored
from staff.models import NotificationKind, User
from staff.services.notifications import notify


def stored_tree(text: str, people: dict[str, int]) -> list[dict]:
    """Return the call tree that `text` says as a version holds it; `people` maps addresses to keys."""
    try:
        return tree_as_stored(read_tree(text, people), people)
    except ValueError as error:
        raise ValidationError({"tree": _("The call tree cannot be read: %(why)s.") % {"why": error}}) from error


def tree_of(version: PlanVersion) -> list[tuple[Call, User | None, User | None]]:
    """Return the calls of a version, as it would be written, each with its person and deputy: one query."""
    keys = {one[role] for one in version.tree for role in ("person", "deputy") if one[role]}
    people = User.objects.in_bulk(keys)
    found = []
    for one in version.tree:
        person, deputy = people.get(one["person"]), people.get(one["deputy"] or 0)
        call = Call(
            one["level"], one["minutes"], person.email if person else "", deputy.email if deputy else "", one["caller"]
        )
        found.append((call, person, deputy))
    return found


def lay_out_calls(activation: Activation, at: datetime) -> None:
    """Put the call tree of the version on the board of its activation: who has left is not called, but their deputy is."""
    calls: list[ActivationCall] = []
    callers: dict[int, User] = {}
    for place, (call, person, deputy) in enumerate(tree_of(activation.version)):
        people = [one for one in (person, deputy) if one is not None and one.is_active]
        caller = activation.activated_by if call.caller is None else callers.get(call.caller, activation.activated_by)
        callers[place] = people[0] if people else caller
        if people:
            calls.append(
                ActivationCall(
                    activation=activation, position=place + 1, level=call.level, person=people[0],
                    deputy=people[1] if len(people) > 1 else None, caller=caller,
                    due_at=at + timedelta(minutes=call.minutes),
                )
            )  # fmt: skip
    ActivationCall.objects.bulk_create(calls)


@transaction.atomic
def mark_reached(*, actor: User, call_id: int, by_deputy: bool = False, at: datetime) -> ActivationCall:
    """Say that somebody of the tree, or their deputy, was reached; again changes nothing."""
    call = ActivationCall.objects.only("activation").get(pk=call_id)
    _locked(call.activation_id)
    call = ActivationCall.objects.select_related("person", "deputy").get(pk=call_id)
    if by_deputy and call.deputy is None:
        raise ValidationError(_("%(person)s has no deputy in this plan.") % {"person": call.person})
    if call.reached_at is None:
        name_act("incidents.call.reached")
        call.reached, call.reached_at, call.noted_by = call.deputy if by_deputy else call.person, at, actor
        call.save(update_fields=["reached", "reached_at", "noted_by"])
        _changed([call.activation_id])
    return call


@transaction.atomic
def pass_to_deputies(*, at: datetime) -> int:
    """Tell the deputy, or else who calls, of everybody who was not reached in time on an open board; each once. Return how
    many calls were passed on."""
    name_act("incidents.call.passed_on")
    late = ActivationCall.objects.filter(
        activation__ended_at__isnull=True, reached_at__isnull=True, escalated_at__isnull=True, due_at__lt=at
    )
    claimed = list(late.select_for_update(of=["self"], skip_locked=True).select_related("person", "activation__plan"))
    ActivationCall.objects.filter(pk__in=[call.pk for call in claimed]).update(escalated_at=at)
    _changed([call.activation_id for call in claimed])
    for call in claimed:
        _tell(call, at)
    return len(claimed)


def _tell(call: ActivationCall, at: datetime) -> None:
    words = {"person": call.person, "plan": call.activation.plan}
    notify(
        users=[call.deputy_id or call.caller_id],
        kind=NotificationKind.ALERT,
        key=f"call:{call.pk}:passed",
        title=lambda: (
            (
                _("You stand in for %(person)s, who was not reached: %(plan)s")
                if call.deputy_id
                else _("%(person)s was not reached and has no deputy: %(plan)s")
            )
            % words
        ),
        url=reverse("incidents:activation_detail", args=[call.activation_id]),
        at=at,
    )


def _locked(activation_id: int) -> Activation:
    activation = Activation.objects.select_for_update(of=["self"]).get(pk=activation_id)
    if not activation.is_open:
        raise ValidationError(_("This activation has ended: its record stays as it is."))
    return activation


def _changed(activations: list[int]) -> None:
    Activation.objects.filter(pk__in=activations).update(revision=F("revision") + 1)
