from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pages.actions import Action
from pages.lists import ListPage, render_list
from staff import columns
from staff.columns import role_names
from staff.filters.people import TeamFilter
from staff.forms.people import TeamForm
from staff.models import Team
from staff.services.teams import change_team, create_team, may_change
from staff.views.people import add_errors
from staff.views.previews import page_or_preview


@require_safe
@login_required
@permission_required("staff.view_team", raise_exception=True)
def team_list(request: HttpRequest) -> HttpResponse:
    teams = TeamFilter(request.GET, queryset=Team.objects.visible_to(request.user).for_list(), request=request)
    listing = ListPage(
        request, filterset=teams, columns=columns.TEAMS, order=["name"], label=_("Teams"),
        row_url=lambda team: reverse("staff:team_detail", args=[team.pk]),
        empty=_("There are no teams yet. A team shares saved views and has a lead."),
    )  # fmt: skip
    new = [Action(_("New team"), reverse("staff:team_create"), "plus", primary=True)]
    actions = new if request.user.has_perm("staff.add_team") else []
    return render_list(request, "staff/team_list.html", listing, actions=actions)


@require_safe
@login_required
@permission_required("staff.view_team", raise_exception=True)
def team_detail(request: HttpRequest, pk: int) -> HttpResponse:
    team = get_object_or_404(Team.objects.visible_to(request.user).select_related("lead"), pk=pk)
    members = [
        (member, role_names(member)) for member in team.members.prefetch_related("groups").order_by("full_name", "pk")
    ]
    page = page_or_preview(request, "staff/team_detail.html", "team")
    change = [Action(_("Change"), reverse("staff:team_change", args=[team.pk]), "pencil", primary=True)]
    actions = change if may_change(request.user, team) else []
    return render(request, page, {"team": team, "members": members, "actions": actions})


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("staff.add_team", raise_exception=True)
def team_create(request: HttpRequest) -> HttpResponse:
    form = TeamForm(request.POST or None)
    if form.is_valid():
        try:
            team = create_team(actor=request.user, **form.cleaned_data)
            messages.success(request, _("The team %(name)s was made.") % {"name": team})
            return redirect("staff:team_detail", pk=team.pk)
        except ValidationError as error:
            add_errors(form, error)
    return render(request, "staff/team_form.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("staff.change_team", raise_exception=True)
def team_change(request: HttpRequest, pk: int) -> HttpResponse:
    team = get_object_or_404(Team.objects.visible_to(request.user), pk=pk)
    if not may_change(request.user, team):
        raise PermissionDenied(_("You change the teams that you lead; this one has another lead."))
    form = TeamForm(request.POST or None, team=team, initial=TeamForm.initial_of(team))
    if form.is_valid():
        try:
            change_team(actor=request.user, team_id=team.pk, **form.cleaned_data)
            messages.success(request, _("The team %(name)s was changed.") % {"name": team})
            return redirect("staff:team_detail", pk=team.pk)
        except ValidationError as error:
            add_errors(form, error)
    return render(request, "staff/team_form.html", {"form": form, "team": team}, status=422 if form.errors else 200)
