"""How people call what stands in this room: for the log, which knows keys alone."""

from collections.abc import Collection

from django.urls import reverse

from audit.records import Named, RecordNames, numbers, register_names
from staff.models import Job, Team, User


def find_person(text: str) -> int | None:
    if "@" not in text:
        return None
    return User.objects.filter(email__iexact=text).values_list("pk", flat=True).first()


def name_people(keys: Collection[str]) -> Named:
    found = User.objects.filter(pk__in=numbers(keys)).only("full_name", "email")
    return {str(person.pk): (str(person), reverse("staff:user_detail", args=[person.pk])) for person in found}


def find_team(text: str) -> int | None:
    return Team.objects.filter(name__iexact=text).values_list("pk", flat=True).first()


def name_teams(keys: Collection[str]) -> Named:
    found = Team.objects.filter(pk__in=numbers(keys)).values_list("pk", "name")
    return {str(pk): (name, reverse("staff:team_detail", args=[pk])) for pk, name in found}


def find_nothing(text: str) -> None:
    """A job's title is whatever its owner asked for: it is reached from its page."""


def name_jobs(keys: Collection[str]) -> Named:
    found = Job.objects.filter(pk__in=numbers(keys)).values_list("pk", "kind")
    return {str(pk): (f"{kind} {pk}", reverse("staff:job_detail", args=[pk])) for pk, kind in found}


def register() -> None:
    register_names(RecordNames("staff_user", find_person, name_people))
    register_names(RecordNames("staff_team", find_team, name_teams))
    register_names(RecordNames("staff_job", find_nothing, name_jobs))
