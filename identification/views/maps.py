from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from identification.filters.maps import MapFilter, StepFilter
from identification.forms.maps import ImportMapForm, MapForm, NewMapForm
from identification.map_columns import map_columns, map_pill, step_columns, step_name
from identification.map_parts import map_url
from identification.map_reading import reading_of, shown
from identification.models import ProcessMap
from identification.services.maps import change_map, create_map, put_in_force, retire_map
from pages.lists import ListPage, render_list
from risk.forms.shared import ReasonForm
from risk.views.acts import act, ask

SHOWN = 50


@require_safe
@login_required
@permission_required("identification.view_processmap", raise_exception=True)
def map_list(request):
    seen = ProcessMap.objects.visible_to(request.user).for_list().counted()
    listing = ListPage(
        request,
        filterset=MapFilter(request.GET, queryset=seen, request=request),
        columns=map_columns(),
        order=["name", "id"],
        row_url=lambda row: f"/identification/maps/{row.reference}/",
        all_label=_("All maps"),
        label=_("Process maps"),
        empty=_("No process is drawn yet. Draw the first one."),
    )
    add = "identification.add_processmap"
    actions = [
        act(request.user, add, _("New map"), reverse("identification:map_create"), "plus", primary=True),
        act(request.user, add, _("Import a drawing"), reverse("identification:map_import"), "upload"),
    ]
    return render_list(request, "identification/map_list.html", listing, actions=actions)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.add_processmap", raise_exception=True)
def map_create(request):
    lanes = "\n".join([_("Customer"), _("Operations"), _("Risk")])
    initial = {"owner": request.user.pk, "lanes": lanes}
    form = NewMapForm(request.POST or None, user=request.user, initial=initial)
    draw = lambda made: reverse("identification:map_draw", args=[made.reference])  # noqa: E731
    return _begin(request, form, _("New map"), _("Begin to draw"), draw)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.add_processmap", raise_exception=True)
def map_import(request):
    """A map from a drawing of another program."""
    form = ImportMapForm(
        request.POST or None, request.FILES or None, user=request.user, initial={"owner": request.user.pk}
    )
    return _begin(request, form, _("Import a drawing"), _("Import"), map_url)


def _begin(request, form, here, verb, leads):
    back = reverse("identification:map_list")
    return ask(
        request,
        form,
        context={"crumbs": [(_("Process maps"), back), (here, "")], "here": here},
        verb=verb,
        then=back,
        service=lambda: create_map(actor=request.user, at=timezone.now(), **form.cleaned_data),
        leads=leads,
    )


@require_safe
@login_required
@permission_required("identification.view_processmap", raise_exception=True)
def map_detail(request, reference):
    found = visible_map(request, reference)
    version = asked_version(request, found)
    reading = reading_of(request.user, found, version)
    context = {
        "found": found,
        "version": version,
        "is_newest": version.pk == found.current_id,
        "state": map_pill(found),
        "crumbs": crumbs(found)[:1] + [(found.reference, "")],
        "actions": _actions(request.user, found),
        "reading": reading,
        "shown": shown(request.user, found, version, reading),
        "versions": found.versions.select_related("saved_by").defer("bpmn_xml")[:SHOWN],
        "may_attach": request.user.has_perm("identification.change_processmap") and not found.is_retired,
    }
    return render(request, "identification/map_detail.html", context)


def asked_version(request, found):
    """The drawing that the address asks for, else the newest."""
    asked = request.GET.get("version", "")
    if not asked:
        return found.newest
    if not asked.isdecimal() or len(asked) > 6:
        raise Http404
    return get_object_or_404(found.versions.select_related("saved_by"), number=asked)


def _actions(user, found):
    to = lambda name: reverse(f"identification:map_{name}", args=[found.reference])  # noqa: E731
    retired = _("The map is retired.") if found.is_retired else ""
    in_force = _("The newest drawing is in force.") if found.in_force_id == found.current_id else ""
    change, enforce = "identification.change_processmap", "identification.enforce_processmap"
    force = f"{to('force')}?version={found.newest.number}"
    return [
        act(user, change, _("Draw"), to("draw"), "pencil", hurdle=retired, primary=True),
        act(user, enforce, _("Put in force"), force, "check", hurdle=retired or in_force, post=True),
        act(user, change, _("Put on a step"), to("attach"), "plus", hurdle=retired),
        act(user, "identification.view_processmap", _("Table of steps"), to("steps"), "table"),
        act(user, change, _("Upload a drawing"), to("upload"), "upload", hurdle=retired),
        act(user, change, _("Edit"), to("edit"), "edit", hurdle=retired),
        act(user, enforce, _("Retire"), to("retire"), "archive", hurdle=retired),
    ]


@require_safe
@login_required
@permission_required("identification.view_processmap", raise_exception=True)
def map_steps(request, reference):
    """The newest drawing as a table, to be read and taken out as any list."""
    found = visible_map(request, reference)
    parts = found.newest.elements
    names = {part.element_id: step_name(part) for part in parts.all()}
    listing = ListPage(
        request,
        filterset=StepFilter(request.GET, queryset=parts.walked().with_attached(request.user), request=request),
        columns=step_columns(names),
        order=["position"],
        row_url=lambda row: map_url(found, row.element_id),
        all_label=_("All steps"),
        label=_("Steps"),
        empty=_("Nothing is drawn."),
    )
    context = {"found": found, "crumbs": [*crumbs(found), (_("Table of steps"), "")]}
    return render_list(request, "identification/map_steps.html", listing, **context)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.change_processmap", raise_exception=True)
def map_edit(request, reference):
    found = visible_map(request, reference)
    form = MapForm(request.POST or None, instance=found, user=request.user)
    return ask(
        request,
        form,
        context={"crumbs": [*crumbs(found), (_("Edit"), "")]},
        verb=_("Save"),
        then=map_url(found),
        service=lambda: change_map(actor=request.user, map_id=found.pk, changes=form.cleaned_data),
    )


@require_POST
@login_required
@permission_required("identification.enforce_processmap", raise_exception=True)
def map_force(request, reference):
    found = visible_map(request, reference)
    asked = request.GET.get("version", "")
    number = int(asked) if asked.isdecimal() and len(asked) < 7 else 0
    try:
        put_in_force(actor=request.user, map_id=found.pk, number=number, at=timezone.now())
        messages.success(request, _("Version %(number)s is in force.") % {"number": number})
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(map_url(found))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.enforce_processmap", raise_exception=True)
def map_retire(request, reference):
    found = visible_map(request, reference)
    form = ReasonForm(request.POST or None)
    return ask(
        request,
        form,
        context={"crumbs": [*crumbs(found), (_("Retire"), "")], "about": found.name},
        verb=_("Retire"),
        then=map_url(found),
        tone="red",
        service=lambda: retire_map(actor=request.user, map_id=found.pk, **form.cleaned_data),
    )


def visible_map(request, reference):
    seen = ProcessMap.objects.visible_to(request.user).for_list()
    return get_object_or_404(seen, reference=reference.upper())


def crumbs(found):
    return [(_("Process maps"), reverse("identification:map_list")), (found.reference, map_url(found))]
