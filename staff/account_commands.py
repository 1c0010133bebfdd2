"""Changes of accounts as commands under four eyes: made, changed, ended, let in again, second factor reset."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff.changes import Arguments, Command, Differences, Writes, register_command, version_of
from staff.models import ChangeRequest, NotificationKind, Team, User
from staff.rules.roles import Role
from staff.scopes import scope_labels
from staff.services import people
from staff.services.notifications import notify


def register() -> None:
    for command in (CREATE, CHANGE, DEACTIVATE, ACTIVATE, RESET):
        register_command(command)


def _person(arguments: Arguments) -> User:
    return User.objects.get(pk=arguments["user_id"])


def _name(arguments: Arguments) -> str:
    return str(_person(arguments))


def _target(arguments: Arguments) -> tuple[str, Any]:
    return "staff_user", arguments["user_id"]


def _version(arguments: Arguments) -> str:
    """What somebody may do and see, and whether they may at all; a new name or language is no reason to ask again."""
    person = User.objects.filter(pk=arguments["user_id"])
    groups = Group.objects.filter(user=arguments["user_id"])
    return version_of(person, "email", "is_active", "business_lines", "regions") + version_of(groups, "name")


def _roles(roles) -> str:
    return ", ".join(str(role.label) for role in Role if role in roles) or _("No role")


def _scope(name: str, codes) -> str:
    return ", ".join(str(label) for label in scope_labels(name, codes)) or _("All")


def _role_writes(user_id: int, on: str, roles) -> Writes:
    rows = [
        {"user_id": user_id, "group_id": pk} for pk in Group.objects.filter(name__in=roles).values_list("pk", flat=True)
    ]
    place = {"table": "staff_user_groups", "on": on}
    return [{**place, "key": {} if on == "insert" else row, "values": row} for row in rows]


# A new account ----------------------------------------------------------------------------------------------------------


def _check_new(*, actor: User, arguments: Arguments) -> None:
    if not actor.has_perm("staff.add_user"):
        raise PermissionDenied(_("Only an administrator makes accounts."))
    people.check_roles(arguments["roles"])
    if User.objects.filter(email__iexact=arguments["email"]).exists():
        raise ValidationError({"email": _("This e-mail is already in use.")})


def _create(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    said = {name: value for name, value in arguments.items() if name != "team_ids"}
    teams = Team.objects.filter(pk__in=arguments["team_ids"])
    assert request.executed_at is not None
    return str(people.create_user(actor=actor, teams=teams, at=request.executed_at, **said))


def _describe_new(arguments: Arguments) -> Differences:
    return [
        (_("Name"), "", arguments["full_name"]),
        (_("E-mail"), "", arguments["email"]),
        (_("Roles"), "", _roles(arguments["roles"])),
        (_("Business lines in scope"), "", _scope("business_lines", arguments["business_lines"])),
        (_("Regions in scope"), "", _scope("regions", arguments["regions"])),
    ]


CREATE = Command(
    name="staff.user.create",
    label=gettext_lazy("Make an account"),
    permission="staff.add_user",
    execute=_create,
    describe=_describe_new,
    about=lambda arguments: arguments["full_name"],
    # Its number is taken when it is asked for, so that the approval can name it; nothing stands there yet.
    version=lambda arguments: str(User.objects.filter(pk=arguments["user_id"]).exists()),
    target=_target,
    check=_check_new,
    guards={"staff_user_groups": ("user_id", "group_id")},
    writes=lambda arguments: _role_writes(arguments["user_id"], "insert", arguments["roles"]),
)

# Roles, scope, e-mail ---------------------------------------------------------------------------------------------------

ACCESS = ("email", "roles", "business_lines", "regions")


def _check_change(*, actor: User, arguments: Arguments) -> None:
    people.check_access(actor=actor, user=_person(arguments), **{name: arguments[name] for name in ACCESS})


def _change(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    return str(people.change_access(actor=actor, reason=request.reason, **arguments))


def _describe_change(arguments: Arguments) -> Differences:
    person = _person(arguments)
    rows = [
        (_("E-mail"), person.email, arguments["email"]),
        (_("Roles"), _roles(person.roles), _roles(arguments["roles"])),
        (_("Business lines in scope"), *(_scope("business_lines", codes) for codes in (person.business_lines, arguments["business_lines"]))),
        (_("Regions in scope"), *(_scope("regions", codes) for codes in (person.regions, arguments["regions"]))),
    ]  # fmt: skip
    return [row for row in rows if row[1] != row[2]]


def _change_writes(arguments: Arguments) -> Writes:
    person, roles = _person(arguments), set(arguments["roles"])
    values = {name: arguments[name] for name in ("email", "business_lines", "regions")}
    return [
        {"table": "staff_user", "on": "update", "key": {"id": person.pk}, "values": values},
        *_role_writes(person.pk, "insert", roles - person.roles),
        *_role_writes(person.pk, "delete", person.roles - roles),
    ]


CHANGE = Command(
    name="staff.user.change",
    label=gettext_lazy("Change roles, scope or e-mail"),
    permission="staff.change_user",
    execute=_change,
    describe=_describe_change,
    about=_name,
    version=_version,
    target=_target,
    check=_check_change,
    guards={"staff_user": ("email", "business_lines", "regions"), "staff_user_groups": ("user_id", "group_id")},
    writes=_change_writes,
)

# Ending and letting in again --------------------------------------------------------------------------------------------

MOST_AT_ONCE = 200


def _those(arguments: Arguments) -> list[User]:
    """The people of a bulk request, in a steady order; a missing one raises."""
    found = User.objects.in_bulk(arguments["user_ids"])
    return [found[pk] for pk in arguments["user_ids"]]


def _check_end(*, actor: User, arguments: Arguments) -> None:
    if not 1 <= len(arguments["user_ids"]) <= MOST_AT_ONCE:
        raise ValidationError(_("Choose 1 to %(n)d people.") % {"n": MOST_AT_ONCE})
    for person in _those(arguments):
        people.check_deactivation(actor=actor, user=person)


def _end(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    assert request.executed_at is not None
    for pk in arguments["user_ids"]:
        people.deactivate_user(actor=actor, user_id=pk, reason=request.reason, at=request.executed_at)
    return ", ".join(str(person) for person in _those(arguments))


DEACTIVATE = Command(
    name="staff.user.deactivate",
    label=gettext_lazy("Deactivate accounts"),
    permission="staff.change_user",
    execute=_end,
    describe=lambda arguments: [(person, _("Active"), _("Not active")) for person in _those(arguments)],
    about=lambda arguments: ", ".join(str(person) for person in _those(arguments)[:3]),
    version=lambda arguments: version_of(User.objects.filter(pk__in=arguments["user_ids"]), "is_active"),
    target=lambda arguments: ("staff_user", arguments["user_ids"][0] if len(arguments["user_ids"]) == 1 else ""),
    check=_check_end,
    guards={"staff_user": ("is_active",)},
    writes=lambda arguments: [
        {"table": "staff_user", "on": "update", "key": {"id": pk}, "values": {"is_active": False}}
        for pk in arguments["user_ids"]
    ],
)


def _check_return(*, actor: User, arguments: Arguments) -> None:
    if not actor.has_perm("staff.change_user"):
        raise PermissionDenied(_("Only an administrator activates accounts."))
    if _person(arguments).is_active:
        raise ValidationError(_("This account is already active."))


def _let_in(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    assert request.executed_at is not None
    person = people.activate_user(
        actor=actor, user_id=arguments["user_id"], reason=request.reason, at=request.executed_at
    )
    return str(person)


ACTIVATE = Command(
    name="staff.user.activate",
    label=gettext_lazy("Activate an account"),
    permission="staff.change_user",
    execute=_let_in,
    describe=lambda arguments: [
        (_("Account"), _("Not active"), _("Active")),
        (_("Roles"), _roles(_person(arguments).roles), _roles(_person(arguments).roles)),
    ],
    about=_name,
    version=_version,
    target=_target,
    check=_check_return,
    guards={"staff_user": ("is_active",)},
    writes=lambda arguments: [
        {"table": "staff_user", "on": "update", "key": {"id": arguments["user_id"]}, "values": {"is_active": True}}
    ],
)

# Second factor ----------------------------------------------------------------------------------------------------------


def _reset(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    person = people.reset_second_factor(actor=actor, user_id=arguments["user_id"], reason=request.reason)
    assert request.executed_at is not None
    notify(
        users=[person], kind=NotificationKind.CHANGE, key=f"change:{request.pk}:reset", at=request.executed_at,
        title=gettext_lazy("Your second factor was reset. If you did not ask for that, tell compliance now."),
        url="/staff/profile/",
    )  # fmt: skip
    return str(person)


def _factors(arguments: Arguments) -> str:
    kinds = Authenticator.objects.filter(user=arguments["user_id"]).order_by("type").values_list("type", flat=True)
    names = {kind.value: str(kind.label) for kind in Authenticator.Type}
    return ", ".join(names.get(kind, kind) for kind in kinds)


RESET = Command(
    name="staff.mfa.reset",
    label=gettext_lazy("Reset a second factor"),
    permission="staff.change_user",
    execute=_reset,
    describe=lambda arguments: [(_("Second factor"), _factors(arguments), _("Not set up"))],
    about=_name,
    version=lambda arguments: version_of(Authenticator.objects.filter(user=arguments["user_id"]), "type", "created_at"),
    target=_target,
    check=lambda *, actor, arguments: people.check_second_factor(actor=actor, user=_person(arguments)),
    guards={"mfa_authenticator": ("user_id", "type")},
    writes=lambda arguments: [
        {"table": "mfa_authenticator", "on": "delete", "key": {"user_id": arguments["user_id"]}, "values": {}}
    ],
)
