from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from staff.forms.saved_views import SavedViewForm
from staff.models import SavedView
from staff.services.saved_views import (
    change_saved_view,
    create_saved_view,
    delete_saved_view,
    may_delete,
    url_of_page,
    url_of_view,
)
from staff.views.people import add_errors


@require_safe
@login_required
def saved_view_list(request: HttpRequest) -> HttpResponse:
    """Every view that this person sees, by list, with what they may do to it."""
    seen = SavedView.objects.visible_to(request.user).select_related("owner", "team").order_by("page", "name", "pk")
    views = [
        {
            "view": view,
            "url": url,
            "own": view.owner_id == request.user.pk,
            "may_delete": may_delete(request.user, view),
        }
        for view in seen
        if (url := _url_if_any(view))
    ]
    return render(request, "staff/saved_view_list.html", {"views": views})


def _url_if_any(view: SavedView) -> str:
    try:
        return url_of_view(view)
    except ValidationError:  # its list is no more
        return ""


@require_http_methods(["GET", "POST"])
@login_required
def saved_view_create(request: HttpRequest) -> HttpResponse:
    """Posted by the dialog of every list; what is wrong is shown on a page of its own, with nothing lost."""
    sent = request.POST or (request.GET if "page" in request.GET else None)
    form = SavedViewForm(request.POST or None, user=request.user, initial=sent.dict() if sent else None)
    if form.is_valid():
        try:
            view = create_saved_view(actor=request.user, **form.cleaned_data)
            messages.success(request, _("The view %(name)s was saved.") % {"name": view})
            return redirect(url_of_view(view))
        except ValidationError as error:
            add_errors(form, error)
    return render(request, "staff/saved_view_form.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@login_required
def saved_view_change(request: HttpRequest, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView.objects.filter(owner=request.user), pk=pk)
    initial = {"name": view.name, "audience": view.audience, "team": view.team_id}
    form = SavedViewForm(request.POST or None, user=request.user, view=view, initial=initial)
    if form.is_valid():
        try:
            view = change_saved_view(actor=request.user, view_id=view.pk, **form.cleaned_data)
            messages.success(request, _("The view %(name)s was saved.") % {"name": view})
            return redirect("staff:saved_view_list")
        except ValidationError as error:
            add_errors(form, error)
    return render(
        request, "staff/saved_view_form.html", {"form": form, "view": view}, status=422 if form.errors else 200
    )


@require_POST
@login_required
def saved_view_delete(request: HttpRequest, pk: int) -> HttpResponse:
    seen = get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)
    view = delete_saved_view(actor=request.user, view_id=seen.pk)
    messages.success(request, _("The view %(name)s was deleted.") % {"name": view})
    return redirect(url_of_page(view.page) if request.POST.get("back") == "list" else "staff:saved_view_list")
