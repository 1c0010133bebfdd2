from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from risk.models import ConflictRule, DutyException
from risk.rules.duties import held_by_one_role
from staff.grants import all_grants
from staff.models import User
from staff.rules.roles import permissions_of


@dataclass(frozen=True)
class Holder:
    """Somebody who holds both duties of a rule; `by_one_role` where a role of theirs joins the two by itself, `accepted`
    while an exception makes up for it."""

    person: User
    by_one_role: bool
    accepted: DutyException | None = None


@dataclass(frozen=True)
class Conflict:
    rule: ConflictRule
    holders: list[Holder]

    @property
    def open(self) -> list[Holder]:
        """Those whom no exception covers."""
        return [holder for holder in self.holders if holder.accepted is None]

    @property
    def accepted(self) -> list[Holder]:
        return [holder for holder in self.holders if holder.accepted is not None]


def find_conflicts(on: date | None = None) -> list[Conflict]:
    """Return every rule in force with the active people who hold both its duties, by name, and who of them is accepted
    on the day. Reads roles and permissions as signing in does, with the same few statements however many there are."""
    return conflicts_of(ConflictRule.objects.in_force(), on or timezone.localdate())


def conflicts_of(rules: Iterable[ConflictRule], on: date) -> list[Conflict]:
    people = User.objects.active().prefetch_related("groups", "user_permissions__content_type")
    held = [(person, _duties_of(person)) for person in people.order_by("full_name", "pk")]
    accepted = {(one.rule_id, one.person_id): one for one in DutyException.objects.in_force(on).order_by("valid_until")}
    return [
        Conflict(
            rule,
            [
                _holder(person, rule, accepted.get((rule.pk, person.pk)))
                for person, duties in held
                if {rule.first, rule.second} <= duties
            ],
        )
        for rule in rules
    ]


def holds_both(person: User, rule: ConflictRule) -> bool:
    return {rule.first, rule.second} <= _duties_of(person)


def _duties_of(person: User) -> set[str]:
    own = {f"{one.content_type.app_label}.{one.codename}" for one in person.user_permissions.all()}
    return {*person.roles, *permissions_of(person.roles, all_grants()), *own}


def _holder(person: User, rule: ConflictRule, accepted: DutyException | None) -> Holder:
    return Holder(person, held_by_one_role(person.roles, (rule.first, rule.second), all_grants()), accepted)
