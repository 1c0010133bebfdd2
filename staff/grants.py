"""The grants of all rooms in one table: each room states its own in `rules/access.py`."""

from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from staff.rules.roles import Role


@lru_cache
def all_grants() -> dict[str, frozenset[Role]]:
    """Return `{permission: roles}` over every installed room; two rooms granting one permission is an error."""
    grants: dict[str, frozenset[Role]] = {}
    for config in apps.get_app_configs():
        name = f"{config.name}.rules.access"
        if config.name.startswith(("django", "allauth", "rest_framework")) or not _exists(name):
            continue
        stated = import_module(name).GRANTS
        if twice := grants.keys() & stated.keys():
            raise ValueError(f"{name} grants {sorted(twice)} a second time: state each permission in one room.")
        grants.update(stated)
    return grants


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
