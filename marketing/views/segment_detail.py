from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from customers.criteria import explain, outline, validate
from customers.models import CustomerKind, InvestorClass, Lifecycle
from marketing.filters.segments import SegmentMemberFilter
from marketing.models import Segment, SegmentMember
from marketing.segment_columns import member_columns, segment_pill
from marketing.services.segments import segment_url
from marketing.views.segments import visible_segment
from pages.charts import Chart
from pages.formats import NOTHING, moment, number
from pages.lists import ListPage, render_list
from products.models import LineCode
from risk.views.acts import act

DAYS_SHOWN = 90
PARTS_SHOWN = 12
CHOICES = {"line": LineCode, "lifecycle": Lifecycle, "kind": CustomerKind, "class": InvestorClass}


@require_safe
@login_required
@permission_required("marketing.view_segment", raise_exception=True)
def segment_detail(request, code):
    segment = visible_segment(request, code)
    newest = list(segment.snapshots.order_by("-day")[:DAYS_SHOWN])
    snapshots = newest[::-1]
    sentence, lines = _said(segment)
    context = {
        "segment": segment,
        "state": segment_pill(segment),
        "crumbs": [(_("Segments"), reverse("marketing:segment_list")), (segment.name, "")],
        "sentence": sentence,
        "lines": lines,
        "facts": _facts(segment),
        "latest": snapshots[-1] if snapshots else None,
        "trend": _trend(snapshots),
        "parts": _parts(request.user, snapshots[-1]) if snapshots else [],
        "versions": segment.versions.select_related("by")[:20],
        "used_by": Segment.objects.visible_to(request.user).filter(uses=segment).order_by("name"),
        "uses": Segment.objects.visible_to(request.user).filter(used_by=segment).order_by("name"),
        "actions": _actions(request.user, segment),
    }
    return render(request, "marketing/segment_detail.html", context)


def _said(segment):
    """The rule in words and as an outline; a rule that can no longer be read says only so."""
    if not segment.is_rule:
        return "", []
    try:
        rule = validate(segment.rule)
        return explain(rule), outline(rule)
    except ValidationError as error:
        return " ".join(error.messages), []


def _facts(segment):
    return [
        (_("Made"), segment.get_kind_display()),
        (_("What it is for"), segment.description or NOTHING),
        (_("Owner"), segment.owner),
        (_("Refreshed at"), moment(segment.refreshed_at) if segment.refreshed_at else NOTHING),
        (_("SHA-256 of the rule"), segment.rule_sha256[:16] or NOTHING),
    ]


def _trend(snapshots):
    return Chart(
        _("Members"),
        kind="area",
        unit=_("customers"),
        x=[one.day for one in snapshots],
        series={_("Members"): [one.count for one in snapshots]},
        as_of=snapshots[-1].at if snapshots else None,
    )


def _parts(user, snapshot):
    """Each way to divide the members: its name, a chart, and rows of label, count and share."""
    names = {"line": _("Business lines"), "region": _("Region"), "lifecycle": _("Lifecycle"), "kind": _("Kind")}
    if user.has_perm("customers.select_by_suitability"):
        names["class"] = _("Suitability class")
    return [_part(way, name, snapshot) for way, name in names.items() if snapshot.composition.get(way)]


def _part(way, name, snapshot):
    labels = dict(CHOICES[way].choices) if way in CHOICES else {}
    found = snapshot.composition[way].items()
    top = [(str(labels.get(part, part)) or _("Not known"), count) for part, count in found][:PARTS_SHOWN]
    chart = Chart(
        name,
        kind="bar",
        unit=_("customers"),
        x=[label for label, _n in top],
        series={_("Members"): [n for _l, n in top]},
    )
    return {
        "key": f"by-{way}",
        "name": name,
        "chart": chart,
        "rows": [(label, n, n / max(snapshot.count, 1)) for label, n in top],
    }


def _actions(user, segment):
    to = lambda name: reverse(f"marketing:{name}", args=[segment.code])  # noqa: E731
    change = "marketing.change_segment"
    archived = _("This segment is archived: restore it first.") if segment.archived_at else ""
    by_hand = [
        act(user, change, _("Put customers on it"), to("list_put"), "plus", hurdle=archived, primary=True),
        act(user, change, _("Take customers off"), to("list_take"), "minus", hurdle=archived),
    ]
    by_rule = [act(user, change, _("Change the rule"), to("segment_rule"), "edit", hurdle=archived, primary=True)]
    archive = _("Restore") if segment.archived_at else _("Archive")
    return [
        *(by_rule if segment.is_rule else by_hand),
        act(
            user,
            "marketing.refresh_segment",
            _("Refresh"),
            to("segment_refresh"),
            "refresh",
            hurdle=archived,
            post=True,
        ),
        act(user, "marketing.view_segmentmember", _("Members"), to("segment_members"), "users"),
        act(user, change, _("Edit"), to("segment_edit"), "settings"),
        act(user, change, archive, to("segment_archive"), "archive", post=True),
    ]


@require_safe
@login_required
@permission_required("marketing.view_segmentmember", raise_exception=True)
def segment_members(request, code):
    """Who is in, and who was; names are masked for those who may not see them."""
    segment = visible_segment(request, code)
    seen = SegmentMember.objects.visible_to(request.user).filter(segment=segment).for_list()
    listing = ListPage(
        request,
        filterset=SegmentMemberFilter(request.GET, queryset=seen, request=request),
        columns=member_columns(request.user),
        order=["-entered_at"],
        row_url=lambda row: f"/customers/{row.customer.reference}/",
        all_label=_("All members"),
        label=_("Members of a segment"),
        empty=_("Nobody is in this segment. Refresh it, or look at its rule."),
    )
    crumbs = [
        (_("Segments"), reverse("marketing:segment_list")),
        (segment.name, segment_url(segment)),
        (_("Members"), ""),
    ]
    sub = _("%(n)s members in %(segment)s") % {"n": number(segment.member_count), "segment": segment.name}
    return render_list(request, "marketing/segment_members.html", listing, crumbs=crumbs, sub=sub)
