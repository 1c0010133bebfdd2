from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketing.filters.segments import SegmentFilter
from marketing.forms.segments import ListForm, OverlapForm, ReferencesForm, SegmentForm
from marketing.models import Segment
from marketing.rules.drafts import acted, draft_of, numbered, read_draft
from marketing.segment_builder import Builder
from marketing.segment_columns import segment_columns
from marketing.services.segment_counts import overlap_of
from marketing.services.segment_lists import list_members, unlist_members
from marketing.services.segment_refresh import refresh_with_named
from marketing.services.segments import (
    archive_segment,
    change_segment,
    record_segment,
    restore_segment,
    segment_url,
    write_rule,
)
from pages.forms import form_helper
from pages.lists import ListPage, render_list
from risk.views.acts import act, ask, attempt


@require_safe
@login_required
@permission_required("marketing.view_segment", raise_exception=True)
def segment_list(request):
    seen = Segment.objects.visible_to(request.user).for_list()
    listing = ListPage(
        request,
        filterset=SegmentFilter(request.GET, queryset=seen, request=request),
        columns=segment_columns(),
        order=["name"],
        row_url=lambda segment: f"/marketing/segments/{segment.code}/",
        all_label=_("All segments"),
        label=_("Segments"),
        empty=_("No segment yet. Say which customers have something in common, then see how many they are."),
    )
    user, to = request.user, reverse
    actions = [
        act(user, "marketing.add_segment", _("New segment"), to("marketing:segment_create"), "plus", primary=True),
        act(user, "marketing.add_segment", _("New list"), to("marketing:list_create"), "list-check"),
        act(user, "marketing.view_segment", _("Overlap"), to("marketing:segment_overlap"), "users-group"),
    ]
    return render_list(request, "marketing/segment_list.html", listing, actions=actions)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.add_segment", raise_exception=True)
def segment_create(request):
    """What it is called and its rule, on one page."""
    form = SegmentForm(request.POST or None)
    record = lambda rule: record_segment(  # noqa: E731
        actor=request.user, rule=rule, at=timezone.now(), **form.cleaned_data
    )
    return _build(request, form, _("New segment"), record, reverse("marketing:segment_list"))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.change_segment", raise_exception=True)
def segment_rule(request, code):
    segment = visible_segment(request, code)
    if not segment.is_rule:
        return redirect(segment_url(segment))
    write = lambda rule: write_rule(  # noqa: E731
        actor=request.user, segment_id=segment.pk, rule=rule, at=timezone.now()
    )
    return _build(request, None, _("Change the rule"), write, segment_url(segment), segment=segment)


def _build(request, form, here, service, back, *, segment=None):
    """The builder. A change or a button has it drawn anew; Save has the service take the rule."""
    is_save = request.POST.get("act") == "save"
    if request.method == "POST":
        draft = acted(numbered(read_draft(request.POST)), request.POST.get("act", ""))
    else:
        draft = draft_of(segment.rule if segment else None)
    builder = Builder(draft, user=request.user, day=timezone.localdate(), segment=segment)
    context = {"builder": builder, "here": here, "back": back, "segment": segment, "crumbs": _crumbs((here, ""))}
    if request.htmx.target == "builder":
        return render(request, "marketing/segment_build.html#builder", context)
    if is_save and (form is None or form.is_valid()):
        try:
            return redirect(segment_url(service(builder.rule)))
        except ValidationError as error:
            builder.trouble = builder.trouble or " ".join(error.messages)
    if form is not None:
        if request.method == "POST" and not is_save:
            form = SegmentForm(initial=request.POST.dict())
        form.helper = form_helper(form)
        form.helper.form_tag, form.helper.layout = False, None
    status = 422 if is_save else 200
    return render(request, "marketing/segment_build.html", {**context, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.add_segment", raise_exception=True)
def list_create(request):
    form = ListForm(request.POST or None)
    return ask(
        request,
        form,
        context={"crumbs": _crumbs((_("New list"), ""))},
        verb=_("Add the list"),
        then=reverse("marketing:segment_list"),
        service=lambda: record_segment(actor=request.user, at=timezone.now(), **form.cleaned_data),
        leads=segment_url,
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.change_segment", raise_exception=True)
def segment_edit(request, code):
    segment = visible_segment(request, code)
    initial = {"name": segment.name, "description": segment.description}
    form = SegmentForm(request.POST or None, segment=segment, initial=initial)
    change = lambda: change_segment(  # noqa: E731
        actor=request.user, segment_id=segment.pk, owner=segment.owner, **form.cleaned_data
    )
    return _ask(request, segment, form, _("Edit"), change)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.change_segment", raise_exception=True)
def list_put(request, code):
    return _listed(request, code, _("Put customers on it"), list_members)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.change_segment", raise_exception=True)
def list_take(request, code):
    return _listed(request, code, _("Take customers off"), unlist_members)


def _listed(request, code, verb, service):
    segment = visible_segment(request, code)
    form = ReferencesForm(request.POST or None)
    put = lambda: service(  # noqa: E731
        actor=request.user, segment_id=segment.pk, at=timezone.now(), **form.cleaned_data
    )
    return _ask(request, segment, form, verb, put)


@require_POST
@login_required
@permission_required("marketing.refresh_segment", raise_exception=True)
def segment_refresh(request, code):
    segment = visible_segment(request, code)
    return _do(request, segment, lambda: refresh_with_named(segment_id=segment.pk, at=timezone.now()))


@require_POST
@login_required
@permission_required("marketing.change_segment", raise_exception=True)
def segment_archive(request, code):
    """Put aside what is in use, take into use what was put aside."""
    segment = visible_segment(request, code)
    if segment.archived_at:
        return _do(request, segment, lambda: restore_segment(actor=request.user, segment_id=segment.pk))
    return _do(request, segment, lambda: archive_segment(actor=request.user, segment_id=segment.pk, at=timezone.now()))


def _do(request, segment, service):
    attempt(request, service)
    return redirect(segment_url(segment))


@require_safe
@login_required
@permission_required("marketing.view_segment", raise_exception=True)
def segment_overlap(request):
    """How many are in each combination of two or three segments."""
    form = OverlapForm(request.GET or None, user=request.user)
    rows = _combinations(form.cleaned_data["segment"]) if form.is_valid() else []
    context = {"form": form, "rows": rows, "crumbs": _crumbs((_("Overlap"), ""))}
    return render(request, "marketing/segment_overlap.html", context)


def _combinations(segments):
    """Those in most of the segments first."""
    found = overlap_of([one.pk for one in segments])
    total = sum(found.values())
    rows = sorted(found.items(), key=lambda row: (-len(row[0]), -row[1]))
    return [
        (
            [one for one in segments if one.pk in among],
            [one for one in segments if one.pk not in among],
            count,
            count / total,
        )
        for among, count in rows
    ]


def _ask(request, segment, form, verb, service):
    context = {"crumbs": _crumbs((segment.name, segment_url(segment)), (verb, "")), "about": segment.name}
    return ask(request, form, context=context, verb=verb, then=segment_url(segment), service=service)


def _crumbs(*more):
    return [(_("Segments"), reverse("marketing:segment_list")), *more]


def visible_segment(request, code):
    return get_object_or_404(Segment.objects.visible_to(request.user).select_related("owner"), code=code)
