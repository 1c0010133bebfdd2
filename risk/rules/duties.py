from collections.abc import Iterable

from staff.rules.roles import Grants, permissions_of


def held_by_one_role(roles: Iterable[str], pair: tuple[str, str], grants: Grants) -> bool:
    """Return whether a single one of `roles` brings both duties of `pair`, so that no other gift is to blame."""
    return any(set(pair) <= {role, *permissions_of([role], grants)} for role in roles)
