"""Lists with their filters under a name. A view is text that its reader's own list reads again, so it can show nobody
more.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from audit.services import name_act
from staff.models import Audience, SavedView, Team, User
from staff.rules.links import LONGEST_QUERY, MOST_PARAMETERS, clean_query

MOST_VIEWS = 50


def views_for(user: User, page: str) -> list[SavedView]:
    """Return the views of a list that `user` sees, for its tabs: own ones first, then the team's, then everyone's.
    One query.
    """
    order = [Audience.PERSONAL, Audience.TEAM, Audience.PUBLIC]
    seen = SavedView.objects.visible_to(user).of_page(page).only("page", "name", "query", "audience")
    return sorted(seen, key=lambda view: (order.index(view.audience), view.name.lower(), view.pk))


@transaction.atomic
def create_saved_view(
    *, actor: User, page: str, name: str, query: str, audience: str = Audience.PERSONAL, team: Team | None = None
) -> SavedView:
    """Keep a list's filters, order and columns under a name; only what is a parameter of an address is kept."""
    url_of_page(page)
    if actor.saved_views.filter(page=page).count() >= MOST_VIEWS:
        raise ValidationError(_("You have %(n)d views on this list already: delete one first.") % {"n": MOST_VIEWS})
    view = SavedView(owner=actor, page=page, query=_cleaned(query))
    return _write(view, actor, name, audience, team, "staff.saved_view.created")


@transaction.atomic
def change_saved_view(
    *, actor: User, view_id: int, name: str, audience: str, team: Team | None = None, query: str | None = None
) -> SavedView:
    """Rename or share a view of the actor's own, or let it keep other filters."""
    view = SavedView.objects.select_for_update(of=["self"]).get(pk=view_id)
    if view.owner_id != actor.pk:
        raise PermissionDenied(_("Only its owner changes a saved view."))
    if query is not None:
        view.query = _cleaned(query)
    return _write(view, actor, name, audience, team, "staff.saved_view.changed")


@transaction.atomic
def delete_saved_view(*, actor: User, view_id: int) -> SavedView:
    """Delete a view of the actor's own; an administrator also deletes what is shared with everyone."""
    view = SavedView.objects.select_for_update(of=["self"]).get(pk=view_id)
    if not may_delete(actor, view):
        raise PermissionDenied(_("Only its owner deletes a saved view."))
    name_act("staff.saved_view.deleted")
    view.delete()
    return view


def may_delete(actor: User, view: SavedView) -> bool:
    """Return whether `actor` deletes this view."""
    return view.owner_id == actor.pk or (
        view.audience == Audience.PUBLIC and actor.has_perm("staff.delete_public_view")
    )


def url_of_page(page: str) -> str:
    """Return the address of a list by its URL name; a name that is none raises ValidationError."""
    try:
        return reverse(page)
    except NoReverseMatch as error:
        raise ValidationError(_("There is no list %(page)s.") % {"page": page[:80]}) from error


def url_of_view(view: SavedView) -> str:
    """Return the address that shows a view, with a mark of which tab it is."""
    query = "&".join(part for part in (view.query, f"view={view.pk}") if part)
    return f"{url_of_page(view.page)}?{query}"


def _cleaned(query: str) -> str:
    try:
        return clean_query(query)
    except ValueError as error:
        raise ValidationError(
            _("These filters are too long to keep: at most %(n)d of them, %(length)d characters in all.")
            % {"n": MOST_PARAMETERS, "length": LONGEST_QUERY}
        ) from error


def _write(view: SavedView, actor: User, name: str, audience: str, team: Team | None, action: str) -> SavedView:
    if audience == Audience.PUBLIC and not actor.has_perm("staff.share_view"):
        raise ValidationError(
            {"audience": _("Your role may not save views for everyone. Choose your team, or yourself.")}
        )
    view.name, view.audience = name.strip(), audience
    view.team = _team_of(actor, team) if audience == Audience.TEAM else None
    view.full_clean()
    name_act(action)
    view.save()
    return view


def _team_of(actor: User, team: Team | None) -> Team:
    """The team that was named, or the only one there is."""
    own = list(actor.teams.all())
    if team is None and len(own) == 1:
        return own[0]
    if team not in own:
        raise ValidationError({"team": _("You are in no team yet.") if not own else _("Choose one of your teams.")})
    return team
