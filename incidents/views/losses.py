from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.models import Customer
from identification.views.cause_trees import tree_action
from incidents.filters.incidents import LossFilter
from incidents.forms.losses import AccountForm, ClassifyForm, LossEntryForm, LossForm, MatchForm
from incidents.incident_columns import loss_columns, loss_sum_columns
from incidents.models import Incident, LossEntry, LossEvent, LossMatch
from incidents.services.loss_report import loss_sums, years_of_losses
from incidents.services.losses import (
    account_loss,
    add_entry,
    classify_loss,
    match_transaction,
    record_loss,
    reverse_entry,
    unmatch_transaction,
)
from pages.columns import opens
from pages.lists import ListPage, render_list
from risk.forms.shared import ReasonForm
from risk.views.acts import act, ask
from risk.views.proposals import propose_act


@require_safe
@login_required
@permission_required("incidents.view_lossevent", raise_exception=True)
def loss_list(request):
    seen = LossEvent.objects.visible_to(request.user).for_list()
    listing = ListPage(
        request,
        filterset=LossFilter(request.GET, queryset=seen, request=request),
        columns=loss_columns(),
        order=["-occurred_on", "-id"],
        row_url=lambda row: f"/incidents/losses/{row.reference}/",
        all_label=_("All losses"),
        label=_("Losses"),
        empty=_("No loss is recorded."),
    )
    url = reverse("incidents:loss_create")
    report = reverse("incidents:loss_report")
    actions = [
        act(request.user, "incidents.add_lossevent", _("Record loss"), url, "plus", primary=True),
        act(request.user, "incidents.view_lossevent", _("By Basel type and line"), report, "table"),
    ]
    return render_list(request, "incidents/loss_list.html", listing, actions=actions)


@require_safe
@login_required
@permission_required("incidents.view_lossevent", raise_exception=True)
def loss_report(request):
    """Losses by year of discovery, Basel event type, line and currency; each sum opens its losses."""
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and len(asked) == 4 else None
    here = reverse("incidents:loss_report")
    years = [(one, f"{here}?year={one}") for one in years_of_losses(request.user)]
    context = {
        "rows": loss_sums(reader=request.user, year=year),
        "columns": loss_sum_columns(),
        "row_url": opens(_losses_url),
        "tabs": [
            {"label": label, "url": url, "active": label == (year or _("All years"))}
            for label, url in [(_("All years"), here), *years]
        ],
        "crumbs": [(_("Losses"), reverse("incidents:loss_list")), (_("By Basel type and line"), "")],
    }
    return render(request, "incidents/loss_report.html", context)


def _losses_url(row):
    """The list of the losses behind a sum."""
    asked = {
        "basel": row.basel_type.pk if row.basel_type else "null",
        "line": row.line or "null",
        "currency": row.currency,
        "discovered_after": f"{row.year}-01-01",
        "discovered_before": f"{row.year}-12-31",
    }
    return f"{reverse('incidents:loss_list')}?{urlencode(asked)}"


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("incidents.add_lossevent", raise_exception=True)
def loss_create(request):
    """Record a loss, by hand or of the incident that the address names."""
    seen = Incident.objects.visible_to(request.user).select_related("risk")
    incident = seen.filter(reference=request.GET.get("incident", "").upper()).first()
    initial = {"incident": incident, "risk": incident.risk if incident else None}
    form = LossForm(request.POST or None, user=request.user, initial=initial)
    return ask(
        request,
        form,
        context={"crumbs": [(_("Losses"), reverse("incidents:loss_list")), (_("Record loss"), "")]},
        verb=_("Record loss"),
        then=reverse("incidents:loss_list"),
        service=lambda: record_loss(actor=request.user, at=timezone.now(), **form.as_loss()),
        leads=loss_url,
    )


@require_safe
@login_required
@permission_required("incidents.view_lossevent", raise_exception=True)
def loss_detail(request, reference):
    """A loss with its ledger, and what of each amount transactions explain; whose they are, to whom sees the customer."""
    loss = visible_loss(request, reference)
    entries = loss.entries.select_related("by", "reverses", "reversed_by").prefetch_related(
        "matches__transaction__customer"
    )
    context = {
        "loss": loss,
        "entries": entries,
        "crumbs": [(_("Losses"), reverse("incidents:loss_list")), (loss.reference, "")],
        "actions": _actions(request.user, loss),
        "changes": request.user.has_perm("incidents.change_lossevent"),
        "may_match": request.user.has_perm("customers.view_transaction"),
        "customers": _customers_seen(request.user, loss),
    }
    return render(request, "incidents/loss_detail.html", context)


def _customers_seen(user, loss):
    """The keys of the customers of its transactions whom the reader may know of."""
    if not user.has_perm("customers.view_transaction"):
        return set()
    moved = LossMatch.objects.filter(entry__loss=loss).values("transaction__customer")
    return set(Customer.objects.visible_to(user).filter(pk__in=moved).values_list("pk", flat=True))


def _actions(user, loss):
    change, to = "incidents.change_lossevent", lambda name: reverse(f"incidents:loss_{name}", args=[loss.reference])
    accounted = _("The day of accounting is recorded already.") if loss.accounted_on else ""
    return [
        act(user, change, _("Add entry"), to("enter"), "plus", primary=True),
        act(user, change, _("Say its Basel type"), to("classify"), "tag"),
        act(user, change, _("Record accounting"), to("account"), "calendar-event", hurdle=accounted),
        tree_action(user, f"loss:{loss.pk}"),
        propose_act(user, to("propose")),
    ]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("incidents.change_lossevent", raise_exception=True)
def loss_enter(request, reference):
    loss = visible_loss(request, reference)
    form = LossEntryForm(request.POST or None, initial={"booked_on": timezone.localdate()})
    return _ask(request, loss, form, _("Add entry"), lambda now: add_entry(
        actor=request.user, loss_id=loss.pk, at=now, **form.cleaned_data))  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("incidents.change_lossevent", raise_exception=True)
def loss_account(request, reference):
    loss = visible_loss(request, reference)
    form = AccountForm(request.POST or None, initial={"accounted_on": timezone.localdate()})
    return _ask(request, loss, form, _("Record accounting"), lambda now: account_loss(
        actor=request.user, loss_id=loss.pk, at=now, **form.cleaned_data))  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("incidents.change_lossevent", raise_exception=True)
def loss_classify(request, reference):
    loss = visible_loss(request, reference)
    form = ClassifyForm(request.POST or None, initial={"basel_type": loss.basel_type_id})
    return _ask(request, loss, form, _("Say its Basel type"), lambda now: classify_loss(
        actor=request.user, loss_id=loss.pk, **form.cleaned_data))  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("incidents.change_lossevent", raise_exception=True)
def entry_reverse(request, pk):
    entry = _entry(request, pk)
    form = ReasonForm(request.POST or None, label=_("Why is it taken back?"))
    return _ask(request, entry.loss, form, _("Take entry back"), lambda now: reverse_entry(
        actor=request.user, entry_id=entry.pk, at=now, **form.cleaned_data))  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("incidents.change_lossevent", raise_exception=True)
def entry_match(request, pk):
    """Explain an entry by a transaction; for those who may see transactions."""
    entry = _entry(request, pk)
    if not request.user.has_perm("customers.view_transaction"):
        raise PermissionDenied
    form = MatchForm(request.POST or None, initial={"booked_on": entry.booked_on, "amount": abs(entry.gap)})
    return _ask(request, entry.loss, form, _("Link transaction"), lambda now: match_transaction(
        actor=request.user, entry_id=entry.pk, at=now, **form.cleaned_data))  # fmt: skip


@require_POST
@login_required
@permission_required("incidents.change_lossevent", raise_exception=True)
def match_remove(request, pk):
    seen = LossMatch.objects.filter(entry__loss__in=LossEvent.objects.visible_to(request.user))
    match = get_object_or_404(seen, pk=pk)
    loss = unmatch_transaction(actor=request.user, match_id=match.pk)
    messages.success(request, _("The transaction no longer explains this entry."))
    return redirect(loss_url(loss))


def _ask(request, loss, form, verb, service):
    crumbs = [(_("Losses"), reverse("incidents:loss_list")), (loss.reference, loss_url(loss)), (verb, "")]
    return ask(
        request,
        form,
        context={"crumbs": crumbs, "about": loss.title},
        verb=verb,
        then=loss_url(loss),
        service=lambda: service(timezone.now()),
    )


def visible_loss(request, reference):
    return get_object_or_404(LossEvent.objects.visible_to(request.user).for_list(), reference=reference.upper())


def _entry(request, pk):
    seen = LossEntry.objects.filter(loss__in=LossEvent.objects.visible_to(request.user))
    return get_object_or_404(seen.select_related("loss"), pk=pk)


def loss_url(loss):
    return reverse("incidents:loss_detail", args=[loss.reference])
