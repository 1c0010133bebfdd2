"""What an administrator may do to a person's account: no database, no clock."""

from collections.abc import Collection

from staff.rules.roles import Role


def escalates_self(*, actor_id: int, person_id: int | None, before: Collection[str], after: Collection[str]) -> bool:
    """Return whether the actor would change what they themselves may do or see."""
    return actor_id == person_id and set(before) != set(after)


def leaves_no_administrator(*, others: int, was: Collection[str], becomes: Collection[str], active: bool) -> bool:
    """Return whether nobody could administer accounts any more. `others` counts the other active administrators."""
    ceases = Role.ADMINISTRATOR in was and (Role.ADMINISTRATOR not in becomes or not active)
    return ceases and others == 0
