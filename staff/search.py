"""What of this room the command palette finds."""

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from staff.columns import role_names
from staff.models import Team, User
from staff.palette import Hit


def search_people(user: User, text: str, limit: int) -> Iterator[Hit]:
    """People by part of their name or e-mail; those who still work here first."""
    found = User.objects.visible_to(user).filter(Q(full_name__icontains=text) | Q(email__icontains=text))
    for person in found.prefetch_related("groups").order_by("-is_active", "full_name", "pk")[:limit]:
        detail = role_names(person) or person.email
        yield Hit(str(person), detail, reverse("staff:user_detail", args=[person.pk]), "user", _("People"))


def search_teams(user: User, text: str, limit: int) -> Iterator[Hit]:
    for team in Team.objects.visible_to(user).filter(name__icontains=text).order_by("name")[:limit]:
        yield Hit(team.name, _("Team"), reverse("staff:team_detail", args=[team.pk]), "users-group", _("Teams"))
