"""The people who work at the demo company, one for each role, and where their sign-ins are written."""

from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from staff.guards import unguarded
from staff.models import Team, User
from staff.rules.roles import Role

PASSWORD = "meridian-demo-2026"
PEOPLE = [
    (Role.SERVICE, "service", "Lin Xiaoyu", "zh-hans"),
    (Role.SERVICE_LEAD, "lead", "Chen Guodong", "zh-hans"),
    (Role.PRODUCT, "product", "Sofia Rossi", "en"),
    (Role.MARKETING, "marketing", "Tom Becker", "en"),
    (Role.RISK, "risk", "Zhao Min", "en"),
    (Role.COMPLIANCE, "compliance", "Li Na", "en"),
    (Role.INTERNAL_AUDIT, "audit", "Daniel Okafor", "en"),
    (Role.MANAGEMENT, "management", "Wang Fang", "en"),
    (Role.ADMINISTRATOR, "admin", "Grace Liu", "en"),
]
EXTRA = [
    (Role.SERVICE, "service2", "Huang Jie", "en"),
    (Role.SERVICE, "service3", "林佳穎", "zh-hant"),
    (Role.RISK, "risk2", "Peng Bo", "en"),
    (Role.SERVICE, "leaver", "Ivan Horak", "en"),
    # Last: with a second administrator nobody is given a role without an approval any more.
    (Role.ADMINISTRATOR, "admin2", "Noah Weiss", "en"),
]


def make_staff() -> dict[str, User]:
    """Create the demo staff and teams; return people by the word before the @."""
    password = make_password(PASSWORD)
    groups = {group.name: group for group in Group.objects.all()}
    people = {}
    for role, word, name, language in [*PEOPLE, *EXTRA]:
        person, __ = User.objects.get_or_create(
            email=f"{word}@demo.meridian", defaults={"full_name": name, "language": language, "password": password}
        )
        with unguarded("demo company"):
            person.groups.set([groups[role]])
        people[word] = person
    _make_teams(people)
    _write_sign_ins()
    return people


def _make_teams(people: dict[str, User]) -> None:
    for name, lead, members in [
        ("Customer desk", "lead", ["service", "service2", "service3", "lead"]),
        ("Risk office", "risk", ["risk", "risk2"]),
        ("Assurance", "compliance", ["compliance", "audit"]),
    ]:
        team, __ = Team.objects.get_or_create(name=name, defaults={"lead": people[lead]})
        team.members.set([people[word] for word in members])


def _write_sign_ins() -> None:
    lines = [f"  {role.label!s:<18} {word}@demo.meridian" for role, word, *__ in PEOPLE]
    path = Path(settings.VAR) / "demo-sign-ins.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["Demo sign-ins, password " + PASSWORD, *lines]) + "\n")
