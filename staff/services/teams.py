from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from audit.services import name_act
from staff.models import Team, User


@transaction.atomic
def create_team(*, actor: User, name: str, lead: User | None, members: Iterable[User]) -> Team:
    """Make a team; its lead is one of its members."""
    if not actor.has_perm("staff.add_team"):
        raise PermissionDenied(_("Only an administrator makes teams."))
    name_act("staff.team.created")
    return _write(Team(), name, lead, members)


@transaction.atomic
def change_team(*, actor: User, team_id: int, name: str, lead: User | None, members: Iterable[User]) -> Team:
    """Change a team's name, lead and members. A service lead changes the teams they lead, an administrator any."""
    team = Team.objects.select_for_update(of=["self"]).get(pk=team_id)
    if not may_change(actor, team):
        raise PermissionDenied(_("You change the teams that you lead; this one has another lead."))
    name_act("staff.team.changed")
    return _write(team, name, lead, members)


def may_change(actor: User, team: Team) -> bool:
    """Return whether `actor` changes this team: any with `staff.add_team`, else those that they lead."""
    return actor.has_perm("staff.change_team") and (actor.has_perm("staff.add_team") or team.lead_id == actor.pk)


def _write(team: Team, name: str, lead: User | None, members: Iterable[User]) -> Team:
    team.name, team.lead = name.strip(), lead
    team.full_clean()
    team.save()
    team.members.set({*members, *([lead] if lead else [])})
    return team
