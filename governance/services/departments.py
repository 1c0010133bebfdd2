"""Departments by the key that forms and programs use, and who belongs to each now."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from governance.models import Department
from governance.sql import statement
from staff.models import Team, User
from staff.rules.roles import Role


def choices_of_departments() -> list[tuple[str, str]]:
    """Return every role and team as (key, name): roles first, then teams by name."""
    roles = [(f"role:{role.value}", str(role.label)) for role in Role]
    return roles + [(f"team:{team.pk}", str(team)) for team in Team.objects.order_by("name")]


def departments_of(keys: Iterable[str]) -> list[Department]:
    """Return departments by key in their order, each once, made where there was none; ValidationError for no key."""
    return [_department(key) for key in dict.fromkeys(keys)]


def _department(key: str) -> Department:
    kind, _colon, name = key.partition(":")
    if kind == "role" and name in Role.values:
        return Department.objects.get_or_create(role=name, team=None)[0]
    known = kind == "team" and name.isascii() and name.isdecimal() and len(name) < 12
    if known and (team := Team.objects.filter(pk=int(name)).first()):
        return Department.objects.get_or_create(role="", team=team)[0]
    raise ValidationError(_("There is no department %(key)s: name a role or a team.") % {"key": key})


def people_of(departments: Iterable[Department]) -> dict[int, list[User]]:
    """Return the active people of each department by its key in the database, by name; two statements in all."""
    found: dict[int, list[User]] = {department.pk: [] for department in departments}
    with connection.cursor() as cursor:
        cursor.execute(statement("department_people"), {"departments": list(found)})
        rows = cursor.fetchall()
    people = User.objects.in_bulk({person for _department, person in rows})
    for department, person in rows:
        found[department].append(people[person])
    return found
