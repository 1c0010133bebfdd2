from collections.abc import Iterable

from staff.rules.roles import Grants, permissions_of


def held_by_one_role(roles: Iterable[str], pair: tuple[str, str], grants: Grants) -> bool:
    """Return whether a single one of `roles` brings both duties of `pair`, so that no other gift is to blame."""
    return any(set(pair) <= {role, *permissions_of([role], grants)} for role in roles)


def in_square(pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Return every duty that a pair names, once: roles before permissions, each by its code."""
    return sorted({duty for pair in pairs for duty in pair}, key=lambda duty: ("." in duty, duty))
