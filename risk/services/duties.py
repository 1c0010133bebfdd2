from dataclasses import dataclass

from risk.models import ConflictRule
from risk.rules.duties import held_by_one_role
from staff.grants import all_grants
from staff.models import User
from staff.rules.roles import permissions_of


@dataclass(frozen=True)
class Holder:
    """Somebody who holds both duties of a rule; `by_one_role` where a role of theirs joins the two by itself."""

    person: User
    by_one_role: bool


@dataclass(frozen=True)
class Conflict:
    rule: ConflictRule
    holders: list[Holder]


def find_conflicts() -> list[Conflict]:
    """Return every rule with the active people who hold both its duties today, by name. Reads roles and permissions as
    signing in does, with the same few statements however many rules and people there are."""
    people = User.objects.active().prefetch_related("groups", "user_permissions__content_type")
    held = [(person, _duties_of(person)) for person in people.order_by("full_name", "pk")]
    return [
        Conflict(rule, [_holder(person, rule) for person, duties in held if {rule.first, rule.second} <= duties])
        for rule in ConflictRule.objects.all()
    ]


def _duties_of(person: User) -> set[str]:
    own = {f"{one.content_type.app_label}.{one.codename}" for one in person.user_permissions.all()}
    return {*person.roles, *permissions_of(person.roles, all_grants()), *own}


def _holder(person: User, rule: ConflictRule) -> Holder:
    return Holder(person, held_by_one_role(person.roles, (rule.first, rule.second), all_grants()))
