from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from governance.columns import area_columns, duty_columns, matrix_columns
from governance.filters.duties import ActivityFilter, AreaFilter, DutyFilter
from governance.forms.duties import AreaForm, MatrixForm, MatrixInForceForm, PartsForm
from governance.models import Duty, DutyArea, Part
from governance.services.departments import people_of
from governance.services.duties import (
    area_url,
    change_area,
    draft_matrix,
    fill_matrix,
    gap_text,
    gaps_in,
    parts_of,
    propose_matrix,
    record_area,
    steps_of,
    waiting_for,
)
from governance.views.policies import in_force, state_of, tone_of
from pages.lists import ListPage, render_list
from risk.models import Risk
from risk.views.acts import act, add_errors, ask
from staff.views.waiting import say_waiting

CHANGE = "governance.change_dutymatrix"
SHOWN = 50


@require_safe
@login_required
@permission_required("governance.view_dutyarea", raise_exception=True)
def area_list(request):
    listing = ListPage(
        request,
        filterset=AreaFilter(
            request.GET, queryset=DutyArea.objects.visible_to(request.user).for_list(timezone.localdate()), request=request
        ),
        columns=area_columns(),
        order=["code"],
        row_url=lambda area: f"/governance/duties/{area.code}/",
        all_label=_("All areas of duties"),
        label=_("Duties by department"),
        empty=_("No area yet. Record the first process whose duties are shared out."),
    )  # fmt: skip
    new, all_duties = reverse("governance:area_create"), reverse("governance:duty_list")
    actions = [
        act(request.user, "governance.add_dutyarea", _("New area"), new, "plus", primary=True),
        act(request.user, "governance.view_dutyarea", _("All duties"), all_duties, "list-check"),
    ]
    return render_list(request, "governance/area_list.html", listing, actions=actions)


@require_safe
@login_required
@permission_required("governance.view_dutyarea", raise_exception=True)
def duty_list(request):
    """Every duty of the matrices in force, over all areas: what a department is accountable for, in one list."""
    seen = Duty.objects.visible_to(request.user).in_force(timezone.localdate()).for_list()
    listing = ListPage(
        request,
        filterset=DutyFilter(request.GET, queryset=seen, request=request),
        columns=duty_columns(),
        order=["matrix_id", "position"],
        row_url=lambda duty: f"/governance/duties/{duty.matrix.area.code}/",
        all_label=_("All duties"),
        label=_("Duties"),
        empty=_("No matrix of duties is in force yet."),
    )
    return render_list(request, "governance/duty_list.html", listing)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("governance.add_dutyarea", raise_exception=True)
def area_create(request):
    form = AreaForm(request.POST or None, user=request.user, initial={"owner": request.user.pk})
    return ask(
        request,
        form,
        context={"here": _("New area"), "crumbs": _crumbs((_("New area"), ""))},
        verb=_("Save and write it"),
        then=reverse("governance:area_list"),
        service=lambda: record_area(actor=request.user, **form.cleaned_data),
        leads=lambda area: reverse("governance:matrix_write", args=[area.code]),
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("governance.change_dutyarea", raise_exception=True)
def area_edit(request, code):
    area = visible_area(request, code)
    form = AreaForm(request.POST or None, instance=area, user=request.user)
    return ask(
        request,
        form,
        context={"crumbs": _crumbs((area.name, area_url(area)), (_("Edit"), "")), "about": area.name},
        verb=_("Save"),
        then=area_url(area),
        service=lambda: change_area(actor=request.user, area_id=area.pk, **form.cleaned_data),
    )


@require_safe
@login_required
@permission_required("governance.view_dutyarea", raise_exception=True)
def area_detail(request, code):
    """The matrix that holds today, on the day `?on=`, or `?version=` as it stands, with who is in each department now."""
    area, today = visible_area(request, code), timezone.localdate()
    versions = visible_matrices(request.user, area)
    current, day = in_force(versions, today), _day_asked(request)
    shown = in_force(versions, day) if day else _asked_for(versions, request.GET.get("version", "")) or current
    shown = shown or (None if day else next(iter(versions), None))
    draft = next((one for one in versions if one.is_draft), None)
    context = {
        "area": area,
        "crumbs": _crumbs((area.name, "")),
        "shown": shown,
        "state": state_of(shown, current, today) if shown else "",
        "tone": tone_of(shown, current, today) if shown else "",
        "versions": [(one, state_of(one, current, today), tone_of(one, current, today)) for one in versions],
        "waiting": waiting_for(draft) if draft else [],
        "actions": _actions(request.user, area, draft),
        "letters": Part.choices,
        "day": day,
        "facts": _facts(request.user, area),
        "table_url": reverse("governance:matrix_table", args=[area.code]),
        "may_export": request.user.has_perm("staff.export_list"),
        **(_table(shown) if shown else {}),
    }
    return render(request, "governance/area_detail.html", context)


def visible_matrices(user, area):
    """Newest first."""
    return list(area.matrices.visible_to(user).select_related("written_by", "area"))


def _asked_for(versions, number):
    return next((one for one in versions if str(one.number) == number), None)


def _day_asked(request):
    try:
        return parse_date(request.GET.get("on", ""))
    except ValueError:
        return None


def _facts(user, area):
    process = area.process if area.process_id and user.has_perm("identification.view_processmap") else None
    risks = list(Risk.objects.visible_to(user).filter(duty_areas=area).order_by("reference")[:SHOWN])
    links = [(f"/risk/register/{risk.reference}/", risk.reference) for risk in risks]
    return [
        (_("Owner"), area.owner),
        (_("Business line"), area.line or _("Whole company")),
        (_("Process map"), format_html('<a href="/identification/maps/{}/">{}</a>', process.reference, process) if process else ""),
        (_("Risks"), format_html_join(", ", '<a href="{}">{}</a>', links)),
    ]  # fmt: skip


def _table(matrix):
    """The matrix as rows of cells, its people, and what is wanting in it."""
    departments, parts = _departments(matrix), parts_of(matrix)
    people = people_of(departments)
    labels = dict(Part.choices)
    return {
        "departments": [(department, people[department.pk]) for department in departments],
        "rows": [
            (duty, [(part, labels.get(part, "")) for part in (parts.get((duty.activity, one.pk), "") for one in departments)])
            for duty in matrix.duties.all()
        ],
        "gaps": [gap_text(gap) for gap in gaps_in(matrix)],
        "unmanned": [department for department in departments if not people[department.pk]],
    }  # fmt: skip


def _departments(matrix):
    """Roles first, then teams, each by name."""
    return sorted(matrix.departments.select_related("team"), key=lambda one: (bool(one.team_id), str(one), one.pk))


def _actions(user, area, draft):
    to = lambda name: reverse(f"governance:{name}", args=[area.code])  # noqa: E731
    undrafted = "" if draft else _("There is no draft: write which activities and departments it has first.")
    verb = _("Change activities and departments") if draft else _("Write a version")
    return [
        act(user, CHANGE, verb, to("matrix_write"), "edit", primary=not draft),
        act(user, CHANGE, _("Share out"), to("matrix_fill"), "grid-dots", hurdle=undrafted, primary=bool(draft)),
        act(user, CHANGE, _("Put in force"), to("matrix_propose"), "checks", hurdle=undrafted),
        act(user, "governance.change_dutyarea", _("Edit"), to("area_edit"), "settings"),
    ]


@require_safe
@login_required
@permission_required("governance.view_dutyarea", raise_exception=True)
def matrix_table(request, code):
    """A matrix as a list, a column for each department: what is taken out as a file."""
    area = visible_area(request, code)
    versions = visible_matrices(request.user, area)
    shown = _asked_for(versions, request.GET.get("version", "")) or in_force(versions, timezone.localdate())
    shown = shown or next(iter(versions), None)
    duties = Duty.objects.filter(matrix=shown).prefetch_related("cells") if shown else Duty.objects.none()
    listing = ListPage(
        request,
        filterset=ActivityFilter(request.GET, queryset=duties, request=request),
        columns=matrix_columns(_departments(shown) if shown else []),
        order=["position"],
        row_url=lambda duty: area_url(area),
        all_label=_("All activities"),
        label=str(shown or area),
        empty=_("No matrix yet. Write which activities and departments it has, then share them out."),
    )
    context = {"area": area, "crumbs": _crumbs((area.name, area_url(area)), (_("As a list"), ""))}
    return render_list(request, "governance/matrix_table.html", listing, **context)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required(CHANGE, raise_exception=True)
def matrix_write(request, code):
    """Name the activities and departments of the draft, beginning with those of the last matrix."""
    area = visible_area(request, code)
    last = area.matrices.first()
    form = MatrixForm(
        request.POST or None, initial=_as_written(last) if last else {"activities": "\n".join(steps_of(area.process))}
    )
    return ask(
        request,
        form,
        context={"crumbs": _crumbs((area.name, area_url(area)), (_("Write a version"), "")), "about": area.name},
        verb=_("Save and share out"),
        then=area_url(area),
        service=lambda: draft_matrix(actor=request.user, area_id=area.pk, at=timezone.now(), **form.written),
        leads=lambda matrix: reverse("governance:matrix_fill", args=[area.code]),
    )


def _as_written(matrix):
    return {
        "activities": "\n".join(duty.activity for duty in matrix.duties.all()),
        "departments": [one.key for one in _departments(matrix)],
        "summary": matrix.summary if matrix.is_draft else "",
    }


@require_http_methods(["GET", "POST"])
@login_required
@permission_required(CHANGE, raise_exception=True)
def matrix_fill(request, code):
    """Say what each department does in each activity of the draft."""
    area = visible_area(request, code)
    matrix = get_object_or_404(area.matrices, effective_from__isnull=True)
    departments = _departments(matrix)
    form = PartsForm(
        request.POST or None, duties=list(matrix.duties.all()), departments=departments, parts=parts_of(matrix)
    )
    if request.method == "POST" and form.is_valid():
        try:
            fill_matrix(actor=request.user, matrix_id=matrix.pk, parts=form.parts, at=timezone.now())
            return redirect(f"{area_url(area)}?version={matrix.number}")
        except ValidationError as error:
            add_errors(form, error)
    context = {
        "area": area,
        "matrix": matrix,
        "form": form,
        "departments": departments,
        "letters": Part.choices,
        "gaps": [gap_text(gap) for gap in gaps_in(matrix)],
        "crumbs": _crumbs((area.name, area_url(area)), (_("Share out"), "")),
    }
    return render(request, "governance/matrix_fill.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required(CHANGE, raise_exception=True)
def matrix_propose(request, code):
    area = visible_area(request, code)
    matrix = get_object_or_404(area.matrices, effective_from__isnull=True)
    form = MatrixInForceForm(request.POST or None, initial={"effective_from": timezone.localdate()})
    propose = lambda: say_waiting(  # noqa: E731
        request, propose_matrix(actor=request.user, matrix_id=matrix.pk, at=timezone.now(), **form.cleaned_data)
    )
    context = {"crumbs": _crumbs((area.name, area_url(area)), (_("Put in force"), "")), "about": area.name}
    return ask(request, form, context=context, verb=_("Ask for approval"), then=area_url(area), service=propose)


def _crumbs(*more):
    return [(_("Duties by department"), reverse("governance:area_list")), *more]


def visible_area(request, code):
    seen = DutyArea.objects.visible_to(request.user).for_list(timezone.localdate())
    return get_object_or_404(seen, code=code)
