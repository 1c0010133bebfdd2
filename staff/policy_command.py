"""The change of an approval policy, itself under four eyes."""

from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pages.formats import moment
from staff.access import permission_labels
from staff.changes import Arguments, Command, Differences, label_of, register_command
from staff.checkers import holders_of
from staff.models import ChangePolicy, ChangeRequest, User
from staff.rules.changes import bands_as_text
from staff.rules.roles import Role

TERMS = (
    "check_permission", "approvals", "bands", "expiry_hours", "remind_after_hours", "escalate_after_hours",
    "escalate_to", "break_glass",
)  # fmt: skip


def newest(command: str) -> ChangePolicy:
    """Return the last policy that was written for a command, in force or still to come."""
    return ChangePolicy.objects.filter(command=command).latest("starts_at")


def _made(arguments: Arguments) -> ChangePolicy:
    start = datetime.fromisoformat(arguments["starts_at"]).astimezone(UTC)
    return ChangePolicy(command=arguments["command"], starts_at=start, **{name: arguments[name] for name in TERMS})


def _check(*, actor: User, arguments: Arguments) -> None:
    if not actor.has_perm("staff.change_changepolicy"):
        raise PermissionDenied(_("Administrators and compliance change policies."))
    policy, before = _made(arguments), newest(arguments["command"])
    policy.full_clean(exclude=["bands"])
    if policy.starts_at <= before.starts_at:
        raise ValidationError({"starts_at": _("A later policy is there already: choose a later moment.")})
    most = max([policy.approvals, *(int(band["approvals"]) for band in policy.bands)])
    held = holders_of(policy.check_permission).count()
    if held < most:
        raise ValidationError(
            _("It asks for %(most)d approvals, and only %(held)d people could give one.") % {"most": most, "held": held}
        )


def _execute(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    policy = _made(arguments)
    policy.save(force_insert=True)
    return str(policy)


def terms_of(policy: ChangePolicy) -> list[tuple[str, str]]:
    """Return what a policy says, in words."""
    return [
        (_("Who may approve"), str(permission_labels().get(policy.check_permission, policy.check_permission))),
        (_("Approvals needed"), str(policy.approvals)),
        (_("More for larger amounts"), bands_as_text(policy.bands).replace("\n", "; ") or _("No")),
        (_("Expires after hours"), str(policy.expiry_hours)),
        (_("Reminder after hours"), str(policy.remind_after_hours)),
        (_("Escalated after hours"), str(policy.escalate_after_hours)),
        (_("Escalated to"), str(Role(policy.escalate_to).label)),
        (_("May be done at once, and reviewed afterwards"), _("Yes") if policy.break_glass else _("No")),
    ]


def _describe(arguments: Arguments) -> Differences:
    policy, before = _made(arguments), newest(arguments["command"])
    pairs = zip(terms_of(before), terms_of(policy), strict=True)
    start: list[tuple[str, Any, Any]] = [(_("In force from"), moment(before.starts_at), moment(policy.starts_at))]
    return start + [(label, was, becomes) for (label, was), (_label, becomes) in pairs if was != becomes]


def _writes(arguments: Arguments) -> list[dict[str, Any]]:
    names = {name: arguments[name] for name in ("command", "starts_at", *TERMS)}
    return [{"table": "staff_changepolicy", "on": "insert", "key": {}, "values": names}]


CHANGE_POLICY = Command(
    name="staff.policy.change",
    label=gettext_lazy("Change an approval policy"),
    permission="staff.change_changepolicy",
    execute=_execute,
    describe=_describe,
    about=lambda arguments: label_of(arguments["command"]),
    version=lambda arguments: str(newest(arguments["command"]).pk),
    target=lambda arguments: ("staff_changepolicy", newest(arguments["command"]).pk),
    check=_check,
    guards={"staff_changepolicy": ("command", "starts_at", *TERMS)},
    writes=_writes,
)


def register() -> None:
    register_command(CHANGE_POLICY)
