"""The matrix of what roles may do, in words: every permission that a room grants, under its room."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.apps import apps
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from staff.rules.roles import Grants, Role

DEFAULT = {
    "add": _("Can add {what}"),
    "change": _("Can change {what}"),
    "delete": _("Can delete {what}"),
    "view": _("Can see {what}"),
}


@dataclass(frozen=True)
class Right:
    """One row of the matrix: a permission, what it means, and for each role whether it holds it."""

    permission: str
    label: str | Promise
    held: list[tuple[Role, bool]]


@dataclass(frozen=True)
class Room:
    name: str | Promise
    rights: list[Right]


def matrix(grants: Grants) -> list[Room]:
    """Return the granted permissions by room, in the order of the rooms, sorted by permission within."""
    labels = permission_labels()
    rooms = []
    for config in apps.get_app_configs():
        own = sorted(permission for permission in grants if permission.startswith(f"{config.label}."))
        if own:
            rooms.append(Room(config.verbose_name, [_right(permission, labels, grants) for permission in own]))
    return rooms


def _right(permission: str, labels: Mapping[str, str | Promise], grants: Grants) -> Right:
    held = [(role, role in grants[permission]) for role in Role]
    return Right(permission, labels.get(permission, permission), held)


def permission_labels() -> dict[str, str | Promise]:
    """Return `{app.codename: words}` for every permission of every model, in the reader's language when shown."""
    labels: dict[str, str | Promise] = {}
    for model in apps.get_models():
        options = model._meta
        for verb in options.default_permissions:
            # Django's own plural adds an s, in Chinese too, so only one that was written counts.
            plural = options.original_attrs.get("verbose_name_plural", options.verbose_name)
            what = plural if verb == "view" else options.verbose_name
            labels[f"{options.app_label}.{verb}_{options.model_name}"] = format_lazy(DEFAULT[verb], what=what)
        labels.update({f"{options.app_label}.{code}": words for code, words in options.permissions})
    return labels
