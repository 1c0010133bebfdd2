"""Who is asked to confirm a policy, who has, and who is told that it is time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.services import name_act
from governance.models import Attestation, Policy, PolicyVersion
from governance.sql import statement
from pages.formats import day as day_text
from staff.models import NotificationKind, Team, User
from staff.services.notifications import notify

AHEAD = timedelta(days=3)


@transaction.atomic
def ask_attestations(*, business_date: date, at: datetime) -> int:
    """Ask everybody in the audience of each policy in force to confirm it, and let go who left it; return how many were
    asked. Running it again for a day asks nobody twice."""
    name_act("governance.policy.asked")
    with connection.cursor() as cursor:
        cursor.execute(statement("release_attestations"), {"day": business_date})
        cursor.execute(statement("ask_attestations"), {"day": business_date, "at": at})
        asked: dict[int, list[int]] = {}
        for version, person in cursor.fetchall():
            asked.setdefault(version, []).append(person)
    for one in PolicyVersion.objects.filter(pk__in=asked).select_related("policy").order_by("pk"):
        _tell(one, asked[one.pk], "asked", _asked, at)
    return sum(map(len, asked.values()))


@transaction.atomic
def confirm_attestation(*, actor: User, attestation_id: int, sha256: str, at: datetime) -> Attestation:
    """Confirm that one has read a version, by the hash of the text that one was shown; only for oneself, and only while
    that version is in force."""
    found = Attestation.objects.select_for_update(of=["self"]).select_related("version__policy")
    attestation = found.get(pk=attestation_id)
    version = attestation.version
    if attestation.person_id != actor.pk:
        raise PermissionDenied(_("Everybody confirms policies for themselves alone."))
    if attestation.confirmed_at is not None:
        raise ValidationError(_("You have confirmed this version already."))
    holds = PolicyVersion.objects.in_force(timezone.localdate(at)).filter(policy=version.policy_id)
    if sha256 != version.sha256 or version not in list(holds):
        raise ValidationError(_("The policy reads differently by now: read it again, then confirm."))
    name_act("governance.policy.confirmed")
    attestation.confirmed_at, attestation.sha256 = at, version.sha256
    attestation.save(update_fields=["confirmed_at", "sha256"])
    return attestation


def own_attestation(person: User, version: PolicyVersion | None) -> Attestation | None:
    """Return what somebody is asked, or has confirmed, of a version."""
    return Attestation.objects.filter(person=person, version=version, left_on__isnull=True).first() if version else None


@dataclass(frozen=True)
class Rate:
    """How many of a team were asked, and how many have confirmed; `team` is None for people of no team."""

    team: Team | None
    asked: int
    confirmed: int

    @property
    def missing(self) -> int:
        return self.asked - self.confirmed

    @property
    def percent(self) -> int:
        """Whole per cent, rounded down, so that 100 means everybody."""
        return self.confirmed * 100 // self.asked if self.asked else 0


def rates_by_team(version: PolicyVersion, at: date) -> list[Rate]:
    """Return one row a team, by name, those of no team last. Who is in two teams counts in both."""
    rows = (
        Attestation.objects.current(at)
        .filter(version=version)
        .values("person__teams")
        .annotate(asked=Count("pk"), confirmed=Count("pk", filter=Q(confirmed_at__isnull=False)))
    )
    counted = {row["person__teams"]: (row["asked"], row["confirmed"]) for row in rows}
    teams = Team.objects.in_bulk([pk for pk in counted if pk])
    found = [Rate(teams.get(pk), *numbers) for pk, numbers in counted.items()]
    return sorted(found, key=lambda rate: (rate.team is None, str(rate.team)))


def rate_of(version: PolicyVersion, at: date) -> Rate:
    """Return how many people were asked and have confirmed, each counted once."""
    current = Attestation.objects.current(at).filter(version=version)
    counted = current.aggregate(asked=Count("pk"), confirmed=Count("pk", filter=Q(confirmed_at__isnull=False)))
    return Rate(None, **counted)


@transaction.atomic
def watch_policies(*, business_date: date) -> int:
    """Ask who is to confirm, remind once before and once after the day, and tell owners of reviews that are overdue.

    Returns how many notifications went out; running it again for the same day sends none."""
    at = timezone.now()
    ask_attestations(business_date=business_date, at=at)
    late = Attestation.objects.waiting(business_date).filter(due_on__lte=business_date + AHEAD)
    rows = late.select_related("version__policy").order_by("version", "due_on", "person")
    told = 0
    for (version, due_on), group in groupby(rows, key=lambda row: (row.version, row.due_on)):
        told += _remind(version, due_on, [row.person_id for row in group], business_date, at)
    overdue = Policy.objects.to_review(business_date).filter(owner__is_active=True).order_by("pk")
    return told + sum(_tell_review(policy, at) for policy in overdue)


def _remind(version: PolicyVersion, due_on: date, people: list[int], business_date: date, at: datetime) -> int:
    if due_on >= business_date:
        return _tell(version, people, f"soon:{due_on}", lambda one: _soon(one, due_on), at)
    told = _tell(version, people, f"late:{due_on}", _late, at)
    leads = Team.objects.filter(members__in=people, lead__isnull=False).values_list("lead", flat=True)
    answerable = {version.policy.owner_id, *leads} - {None}
    return told + _tell(version, sorted(answerable), f"missing:{due_on}", lambda one: _missing(one, len(people)), at)


def _tell(version: PolicyVersion, people: Iterable[int], what: str, title: Any, at: datetime) -> int:
    return notify(
        users=people,
        kind=NotificationKind.REVIEW,
        key=f"policy:{version.pk}:{what}",
        title=lambda: title(version.policy),
        url=reverse("governance:policy_detail", args=[version.policy.code]),
        at=at,
    )


def _tell_review(policy: Policy, at: datetime) -> int:
    return notify(
        users=[policy.owner_id],
        kind=NotificationKind.REVIEW,
        key=f"policy:{policy.pk}:review:{policy.review_on}",
        title=lambda: _("The review of the policy “%(policy)s” is overdue") % {"policy": policy},
        url=reverse("governance:policy_detail", args=[policy.code]),
        at=at,
    )


def _asked(policy: Policy) -> str:
    return _("Please read “%(policy)s” and confirm it") % {"policy": policy}


def _soon(policy: Policy, due_on: date) -> str:
    return _("“%(policy)s” is to be confirmed by %(day)s") % {"policy": policy, "day": day_text(due_on)}


def _late(policy: Policy) -> str:
    return _("You have not confirmed “%(policy)s” in time") % {"policy": policy}


def _missing(policy: Policy, count: int) -> str:
    return ngettext(
        "%(count)s person has not confirmed “%(policy)s” in time",
        "%(count)s people have not confirmed “%(policy)s” in time",
        count,
    ) % {"count": count, "policy": policy}
