"""Pages of merges: which value of two goes on, what was merged, and parting them again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.filters.merges import MergeFilter
from customers.forms.merges import MergeForm, TwoCustomersForm
from customers.masking import Masked
from customers.merge_commands import MERGE, UNMERGE, field_name
from customers.merging import PARTS
from customers.models import Consent, Merge
from customers.rules.merging import CHOSEN
from customers.services.merge_rows import later_rows
from customers.services.merges import hurdle_to_merging, hurdle_to_unmerging
from customers.services.reading import open_customer
from customers.views.asking import add_errors
from customers.views.frame import customer_url, pills
from pages.actions import Action
from pages.columns import Column
from pages.formats import number
from pages.forms import form_helper
from pages.lists import ListPage, render_list
from pages.templatetags.pages import moment, pill_html
from staff.models import ChangeRequest
from staff.services.changes import propose
from staff.views.waiting import say_waiting


def merge_url(merge):
    return f"/customers/merges/{merge.pk}/"


def merge_columns(user):
    masked = Masked(user)
    return (
        Column("merged_at", _("Merged"), lambda row: moment(row.merged_at), sort="merged_at"),
        Column("survivor", _("Stays"), lambda row: row.survivor.reference, mono=True, link=True),
        Column("name", _("Name"), lambda row: masked.name(row.survivor)),
        Column("absorbed", _("Leads there"), lambda row: row.absorbed.reference, mono=True),
        Column("reason", _("Reason"), lambda row: row.reason, card="wide"),
        Column("by", _("By"), lambda row: row.merged_by),
        Column("state", _("State"), _state),
    )


def _state(row):
    return pill_html(_("Undone"), "amber") if row.undone_at else pill_html(_("Merged"), "green")


@require_safe
@login_required
@permission_required("customers.view_merge", raise_exception=True)
def merge_list(request):
    listing = ListPage(
        request,
        filterset=MergeFilter(request.GET, queryset=Merge.objects.visible_to(request.user).for_list(), request=request),
        columns=merge_columns(request.user),
        order=["-merged_at", "-id"],
        row_url=merge_url,
        search_field="",
        label=_("Merges"),
        empty=_("No two customers have been merged yet."),
    )
    why_not = None if request.user.has_perm("customers.merge_customer") else _("Customer service merges customers.")
    new = Action(_("Merge two customers"), reverse("customers:merge_create"), "arrows-exchange", primary=True)
    return render_list(request, "customers/merge_list.html", listing, actions=[new.unless(why_not)])


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.merge_customer", raise_exception=True)
def merge_create(request):
    """Choose what goes on; posting it asks a second person. Both customers are read, and that is logged."""
    asked = TwoCustomersForm(request.GET or None, user=request.user)
    if not asked.is_valid():
        asked.helper = form_helper(asked, _("Compare"), cancel_url=reverse("customers:merge_list"))
        asked.helper.form_method = "get"
        context = {"form": asked, "title": _("Merge two customers"), "crumbs": crumbs(_("Merge two customers"))}
        return render(request, "customers/privacy_form.html", context, status=422 if asked.errors else 200)
    one, other = asked.cleaned_data["one"], asked.cleaned_data["other"]
    form = MergeForm(request.POST or None)
    if form.is_valid():
        try:
            change = propose(
                actor=request.user, command=MERGE, arguments=form.arguments(one, other),
                reason=form.cleaned_data["reason"], at=timezone.now(),
            )  # fmt: skip
            return redirect("staff:change_detail", say_waiting(request, change).pk)
        except ValidationError as error:
            add_errors(form, error)
    for customer in {one.pk: one, other.pk: other}.values():
        open_customer(customer, "merge")
    return render(
        request,
        "customers/merge_form.html",
        _merging(request.user, one, other, form),
        status=422 if form.errors else 200,
    )


def _merging(user, one, other, form):
    masked = Masked(user)
    stays = form["stays"].value() or ("one" if (one.joined_on, one.pk) <= (other.joined_on, other.pk) else "other")
    rows = [_choice(masked, one, other, stays, name, form) for name in CHOSEN]
    return {
        "form": form,
        "title": _("Merge %(one)s and %(other)s") % {"one": one.reference, "other": other.reference},
        "sides": [("one", one, masked.name(one), pills(one)), ("other", other, masked.name(other), pills(other))],
        "stays": stays,
        "rows": rows,
        "hurdle": hurdle_to_merging(one, other),
        "consents": _consents(one, other),
        "moves": [part.label for part in PARTS if part.act == "moves"],
        "crumbs": crumbs(_("Merge")),
    }


def crumbs(last):
    return [(_("Merges"), reverse("customers:merge_list")), (last, "")]


def _choice(masked, one, other, stays, name, form):
    """One field of both: what each shows, whether they are the same, and which is chosen."""
    values = [_raw(customer, name) for customer in (one, other)]
    filled = {"one": bool(values[0]), "other": bool(values[1])}
    usual = stays if filled[stays] or not any(filled.values()) else ("other" if stays == "one" else "one")
    return {
        "name": f"field_{name}",
        "label": field_name(name),
        "one": _shown(masked, one, name),
        "other": _shown(masked, other, name),
        "word": pill_html(_("Same"), "green") if values[0] == values[1] else pill_html(_("Different"), "amber"),
        "chosen": form[f"field_{name}"].value() or usual,
    }


def _raw(customer, name):
    return (customer.region, customer.city) if name == "city" else getattr(customer, name)


def _shown(masked, customer, name):
    if name in ("name", "phone", "email", "identity_number", "address"):
        return masked.of(customer, name)
    if name == "birth_date":
        return customer.birth_date and customer.birth_date.year
    if name == "city":
        return ", ".join(filter(None, [customer.region, customer.city]))
    return customer.get_sex_display() if name == "sex" and customer.sex else str(getattr(customer, name) or "")


def _consents(one, other):
    """Purposes and channels of which the two say otherwise: the no holds."""
    said = {}
    for word in Consent.objects.filter(customer__in=[*one.numbers, *other.numbers]).standing(timezone.now()):
        said.setdefault((word.get_purpose_display(), word.get_channel_display()), set()).add(word.given)
    return [f"{purpose}, {channel}" for (purpose, channel), words in sorted(said.items()) if len(words) > 1]


def visible_merge(request, pk):
    seen = Merge.objects.visible_to(request.user).select_related("survivor", "absorbed", "merged_by", "undone_by")
    return get_object_or_404(seen.defer("survivor__search", "absorbed__search"), pk=pk)


MOVE_COLUMNS = (
    Column("what", gettext_lazy("What"), lambda row: row[0]),
    Column("rows", gettext_lazy("Rows"), lambda row: number(row[1]), numeric=True),
)


@require_safe
@login_required
@permission_required("customers.view_merge", raise_exception=True)
def merge_detail(request, pk):
    """What a merge moved and overwrote, and what undoing it would do; opening it is logged for both customers."""
    merge = visible_merge(request, pk)
    for customer in (merge.survivor, merge.absorbed):
        open_customer(customer, "merge", merge.pk)
    labels = {part.table: part.label for part in PARTS}
    moved = merge.moves.values_list("table").annotate(n=Count("pk")).order_by("table")
    may = request.user.has_perm("customers.merge_customer")
    return render(
        request,
        "customers/merge_detail.html",
        {
            "merge": merge,
            "title": f"{merge.absorbed.reference} → {merge.survivor.reference}",
            "pills": [(_("Undone"), "amber") if merge.undone_at else (_("Merged"), "green")],
            "facts": [format_html("{} {}", merge.merged_by, moment(merge.merged_at))],
            "about": _about(merge),
            "moved": [(labels.get(table, table), count) for table, count in moved],
            "move_columns": MOVE_COLUMNS,
            "later": [(part.table, part.label, count) for part, count in later_rows(merge)]
            if not merge.undone_at
            else [],
            "hurdle": hurdle_to_unmerging(merge) or ("" if may else _("Customer service merges customers.")),
            "waiting": ChangeRequest.objects.open().about("customers_merge", merge.pk),
            "crumbs": crumbs(str(merge.pk)),
        },
    )


def _about(merge):
    taken = ", ".join(field_name(name) for name in merge.choices)
    facts = [
        (_("Stays"), format_html('<a href="{}">{}</a>', customer_url(merge.survivor), merge.survivor.reference)),
        (_("Leads there"), merge.absorbed.reference),
        (_("Reason"), merge.reason),
        (_("Taken over"), taken or _("nothing: the values of the one that stays")),
        (_("Approval"), merge.approval_id and _approval(merge.approval_id)),
    ]
    if merge.undone_at:
        facts.append((_("Undone"), format_html("{} {}", merge.undone_by, moment(merge.undone_at))))
    return facts


def _approval(pk):
    return format_html('<a href="{}">{}</a>', reverse("staff:change_detail", args=[pk]), pk)


@require_POST
@login_required
@permission_required("customers.merge_customer", raise_exception=True)
def merge_undo(request, pk):
    """Ask for a merge to be undone; what came since stays, but for what is ticked."""
    merge = visible_merge(request, pk)
    arguments = {"merge_id": merge.pk, "later": sorted(set(request.POST.getlist("later")))}
    try:
        change = propose(
            actor=request.user,
            command=UNMERGE,
            arguments=arguments,
            reason=request.POST.get("reason", ""),
            at=timezone.now(),
        )
    except (ValidationError, PermissionDenied) as error:
        messages.error(request, " ".join(getattr(error, "messages", [str(error)])))
        return redirect(merge_url(merge))
    return redirect("staff:change_detail", say_waiting(request, change).pk)
