"""Pages of possible duplicates: the list by score, two customers side by side, and the searches that found them."""

from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from customers.dated_rules import MATCH_LIMITS, MATCH_WEIGHTS
from customers.filters.duplicates import DuplicatePairFilter
from customers.masking import Masked
from customers.models import DuplicatePair, DuplicateRun, MatchField, MatchLevel, MatchLimit, MatchWeight, PairState
from customers.querysets.duplicates import in_force
from customers.services.duplicates import dismiss_pair, limits_on, reopen_pair, start_search, weights_on
from customers.services.reading import open_customer
from customers.views.comparing import compared
from customers.views.dated_rules import changing
from customers.views.frame import pills
from pages.actions import Action
from pages.columns import opens
from pages.formats import number
from pages.lists import Column, ListPage, render_list
from pages.templatetags.pages import moment, pill_html
from staff.models import ChangeRequest

STATE_TONE = {PairState.OPEN: "amber", PairState.MERGED: "green"}
KEYS = {
    "identity": gettext_lazy("Identity number"),
    "phone": gettext_lazy("Phone"),
    "email": gettext_lazy("E-mail"),
    "name_birth": gettext_lazy("Sound of the name and birth date"),
    "name_region": gettext_lazy("Sound of the name and region"),
    "business_name": gettext_lazy("Name of a business"),
    "address": gettext_lazy("Address"),
    "device": gettext_lazy("Device"),
}


def duplicate_columns(user):
    """Columns of the list of pairs as `user` may read them."""
    masked, likely = Masked(user), limits_on(timezone.localdate())["likely"]
    states = {state: pill_html(label, STATE_TONE.get(state, "")) for state, label in PairState.choices}
    fields, agree = dict(MatchField.choices), (MatchLevel.EXACT, MatchLevel.CLOSE)

    def said(row):
        found = [(float(weight), field) for field, (level, weight) in row.levels.items() if level in agree]
        return ", ".join(str(fields[field]) for _weight, field in sorted(found, reverse=True))

    return (
        Column("score", _("Score"), lambda row: score_pill(row, likely), sort="score", numeric=True),
        Column("first", _("Customer"), lambda row: row.first.reference, mono=True, link=True),
        Column("first_name", _("Name"), lambda row: masked.name(row.first)),
        Column("second", _("Other customer"), lambda row: row.second.reference, mono=True),
        Column("second_name", _("Other name"), lambda row: masked.name(row.second)),
        Column("agrees", _("What agrees"), said, card="wide"),
        Column("kind", _("Kind"), lambda row: row.get_kind_display(), default=False),
        Column("state", _("State"), lambda row: states[row.state]),
        Column("found_at", _("Found"), lambda row: moment(row.found_at), sort="found_at"),
        Column("judged_by", _("Judged by"), lambda row: row.judged_by, default=False),
    )


def score_pill(pair, likely):
    return pill_html(f"{pair.score:.1f}", "red" if pair.score >= likely else "amber")


def pair_url(pair):
    return f"/customers/duplicates/{pair.pk}/"


@require_safe
@login_required
@permission_required("customers.view_duplicatepair", raise_exception=True)
def duplicate_list(request):
    """Pairs that may be one, the likeliest first; only those that wait unless a filter says otherwise."""
    seen = DuplicatePair.objects.visible_to(request.user).for_list()
    if not request.GET.get("state"):
        seen = seen.open()
    listing = ListPage(
        request,
        filterset=DuplicatePairFilter(request.GET, queryset=seen, request=request),
        columns=duplicate_columns(request.user),
        order=["-score", "-id"],
        row_url=pair_url,
        search_field="",
        label=_("Possible duplicates"),
        all_label=_("To be judged"),
        empty=_("No two customers look like one. Each night looks at whoever was changed."),
    )
    return render_list(request, "customers/duplicate_list.html", listing, actions=_list_actions(request.user))


def _list_actions(user):
    may = (
        None if user.has_perm("customers.find_duplicates") else _("The head of customer service looks for duplicates.")
    )
    return [
        *(
            [Action(_("Merges"), reverse("customers:merge_list"), "arrows-exchange")]
            if user.has_perm("customers.view_merge")
            else []
        ),
        Action(_("Searches and weights"), reverse("customers:duplicate_runs"), "scale"),
        Action(_("Look now"), reverse("customers:duplicate_search"), "search", post=True).unless(may),
    ]


def visible_pair(request, pk, part=""):
    """The pair, or 404 where one of the two is not the reader's to see; `part` logs that both were opened."""
    seen = DuplicatePair.objects.visible_to(request.user).select_related(
        "first",
        "second",
        "judged_by",
        "first__relationship_owner",
        "second__relationship_owner",
        "first__source",
        "second__source",
    )
    pair = get_object_or_404(seen.defer("first__search", "second__search"), pk=pk)
    if part:
        for customer in (pair.first, pair.second):
            open_customer(customer, part, pair.pk)
    return pair


@require_safe
@login_required
@permission_required("customers.view_duplicatepair", raise_exception=True)
def duplicate_detail(request, pk):
    """Two customers side by side, what agrees, and what it weighs; opening it is logged for both."""
    pair = visible_pair(request, pk, "compare")
    return render(
        request,
        "customers/duplicate_detail.html",
        {
            "pair": pair,
            "title": _("%(one)s and %(other)s") % {"one": pair.first.reference, "other": pair.second.reference},
            "pills": [(pair.get_state_display(), STATE_TONE.get(pair.state, ""))],
            "facts": [
                _("Score %(score)s") % {"score": f"{pair.score:.1f}"},
                _("likely from %(likely)s") % {"likely": f"{limits_on(timezone.localdate())['likely']:.1f}"},
                format_html("{} {}", _("found"), moment(pair.found_at)),
            ],
            "sides": [(customer, pills(customer)) for customer in (pair.first, pair.second)],
            "rows": compared(request.user, pair),
            "next": _next(request.user, pair),
            "crumbs": [(_("Possible duplicates"), reverse("customers:duplicate_list")), (str(pair.pk), "")],
            "may_judge": request.user.has_perm("customers.judge_duplicatepair"),
        },
    )


def _next(user, pair):
    """The next open pair in the order of the list."""
    waiting = DuplicatePair.objects.visible_to(user).open().exclude(pk=pair.pk).order_by("-score", "-id")
    below = waiting.filter(score__lt=pair.score) | waiting.filter(score=pair.score, pk__lt=pair.pk)
    return below.only("pk").first() or waiting.only("pk").first()


@require_POST
@login_required
@permission_required("customers.judge_duplicatepair", raise_exception=True)
def duplicate_dismiss(request, pk):
    pair = visible_pair(request, pk)
    after = _next(request.user, pair)
    try:
        dismiss_pair(actor=request.user, pair_id=pair.pk, reason=request.POST.get("reason", ""), at=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(pair_url(pair))
    messages.success(request, _("Kept apart until either of them is changed."))
    return redirect(pair_url(after) if after else "customers:duplicate_list")


@require_POST
@login_required
@permission_required("customers.judge_duplicatepair", raise_exception=True)
def duplicate_reopen(request, pk):
    pair = visible_pair(request, pk)
    try:
        reopen_pair(actor=request.user, pair_id=pair.pk, at=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(pair_url(pair))


@require_POST
@login_required
@permission_required("customers.find_duplicates", raise_exception=True)
def duplicate_search(request):
    job = start_search(actor=request.user, whole=request.POST.get("whole") == "1", at=timezone.now())
    return redirect("staff:job_detail", job.pk)


RUN_COLUMNS = (
    Column("began", gettext_lazy("Began"), lambda row: moment(row.began_at)),
    Column("day", gettext_lazy("Business date"), lambda row: row.business_date),
    Column("whole", gettext_lazy("Among"), lambda row: _("all") if row.whole else _("changed ones")),
    Column("changed", gettext_lazy("Changed"), lambda row: number(row.changed), numeric=True),
    Column("compared", gettext_lazy("Pairs compared"), lambda row: number(row.compared), numeric=True),
    Column("found", gettext_lazy("New or different"), lambda row: number(row.found), numeric=True),
    Column("skipped", gettext_lazy("Keys passed over"), lambda row: _skipped(row), card="wide"),
)


def _skipped(run):
    said = _("%(what)s: %(keys)s, up to %(largest)s records")
    return "; ".join(
        said
        % {"what": KEYS.get(one["key"], one["key"]), "keys": number(one["keys"]), "largest": number(one["largest"])}
        for one in run.skipped
    )


@require_safe
@login_required
@permission_required("customers.view_duplicaterun", raise_exception=True)
def duplicate_runs(request):
    """The last searches, and what agreement weighs."""
    today = timezone.localdate()
    whole = Action(_("Compare all again"), reverse("customers:duplicate_search"), "refresh", dialog="whole")
    may = request.user.has_perm("customers.find_duplicates")
    weights = changing(request.user, MATCH_WEIGHTS, change="customers:match_weight_change")
    limits = changing(request.user, MATCH_LIMITS, change="customers:match_limit_change")
    change = reverse("customers:match_weight_change")
    return render(
        request,
        "customers/duplicate_runs.html",
        {
            "runs": DuplicateRun.objects.all()[:30],
            "run_columns": RUN_COLUMNS,
            "weights": _weights(today),
            "weight_columns": WEIGHT_COLUMNS,
            "weight_url": opens(lambda row: f"{change}?of={row[0].pk}") if weights["rule_url"] else None,
            "limits": in_force(MatchLimit.objects.all(), today, "code"),
            "limit_columns": LIMIT_COLUMNS,
            "limit_url": limits["rule_url"],
            "waiting": ChangeRequest.objects.open().of([*MATCH_WEIGHTS.commands, *MATCH_LIMITS.commands]),
            "actions": [
                whole.unless(None if may else _("The head of customer service looks for duplicates.")),
                *(replace(action, primary=False) for action in (*weights["actions"], *limits["actions"])),
            ],
            "crumbs": [
                (_("Possible duplicates"), reverse("customers:duplicate_list")),
                (_("Searches and weights"), ""),
            ],
        },
    )


LIMIT_COLUMNS = (
    Column("code", gettext_lazy("Limit"), lambda row: row.get_code_display()),
    Column("value", gettext_lazy("Value"), lambda row: row.span, numeric=True),
    Column("since", gettext_lazy("Valid from"), lambda row: row.valid_from),
)
WEIGHT_COLUMNS = (
    Column("kind", gettext_lazy("Kind"), lambda row: row[0].get_kind_display()),
    Column("field", gettext_lazy("Field"), lambda row: row[0].get_field_display()),
    Column("level", gettext_lazy("Level"), lambda row: row[0].get_level_display()),
    Column("m", gettext_lazy("Among records of one person"), lambda row: number(row[0].m, 4), numeric=True),
    Column("u", gettext_lazy("Among records of different people"), lambda row: number(row[0].u, 6), numeric=True),
    Column("weight", gettext_lazy("Weight"), lambda row: f"{row[1]:+.1f}", numeric=True),
    Column("since", gettext_lazy("Valid from"), lambda row: row[0].valid_from),
)


def _weights(day):
    rows = list(in_force(MatchWeight.objects.all(), day, "kind", "field", "level"))
    found = {kind: weights_on(day, kind) for kind in {row.kind for row in rows}}
    return [(row, found[row.kind][f"{row.field}_{row.level}"]) for row in rows]
