from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from marketing.filters.offers import OfferFilter
from marketing.forms.offers import FIELDS_OF, BudgetForm, DraftForm, IssueForm, OfferForm, PacketForm, kinds
from marketing.models import Offer, RedPacket
from marketing.offer_columns import offer_columns, offer_state
from marketing.offer_words import example_amount, terms_in_words, version_facts, worked_example
from marketing.services.accruals import liability_of
from marketing.services.coupons import issue_anonymous
from marketing.services.offer_figures import coupon_figures, redemption_figures
from marketing.services.offers import (
    checked_terms,
    create_offer,
    propose_budget,
    propose_publication,
    stop_offer,
    write_draft,
)
from marketing.services.red_packets import make_packet
from pages.lists import ListPage, render_list
from risk.forms.shared import ReasonForm
from risk.views.acts import act, ask
from staff.models import ChangeRequest


@require_safe
@login_required
@permission_required("marketing.view_offer", raise_exception=True)
def offer_list(request):
    seen = Offer.objects.visible_to(request.user).for_list()
    listing = ListPage(
        request,
        filterset=OfferFilter(request.GET, queryset=seen, request=request),
        columns=offer_columns(),
        order=["-created_at", "-id"],
        row_url=lambda row: f"/marketing/offers/{row.code}/",
        all_label=_("All offers"),
        label=_("Offers"),
        empty=_("No offer is written yet."),
    )
    new = act(
        request.user, "marketing.add_offer", _("New offer"), reverse("marketing:offer_create"), "plus", primary=True
    )
    return render_list(request, "marketing/offer_list.html", listing, actions=[new])


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.add_offer", raise_exception=True)
def offer_create(request):
    """Choose a kind first, then say what it gives."""
    kind = request.GET.get("kind", "")
    here = reverse("marketing:offer_create")
    crumbs = [(_("Offers"), reverse("marketing:offer_list")), (_("New offer"), "")]
    if kind not in FIELDS_OF:
        choices = [(label, f"{here}?kind={value}") for value, label in kinds()]
        return render(request, "marketing/offer_kinds.html", {"choices": choices, "crumbs": crumbs})
    form = OfferForm(request.POST or None, kind=kind, user=request.user)
    return ask(
        request,
        form,
        context={"crumbs": crumbs, "here": _("New offer"), "about": dict(kinds())[kind], **_example(form)},
        verb=_("Save draft"),
        then=reverse("marketing:offer_list"),
        template="marketing/offer_form.html",
        service=lambda: create_offer(actor=request.user, at=timezone.now(), **form.as_offer()),
        leads=offer_url,
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.change_offer", raise_exception=True)
def offer_draft(request, code):
    """Write the draft, or begin the next from what is in force."""
    offer = visible_offer(request, code)
    version = offer.versions.drafts().first() or offer.version
    form = DraftForm(request.POST or None, kind=offer.kind, version=version)
    verb = _("Save draft")
    return ask(
        request,
        form,
        context={"crumbs": _crumbs(offer, verb), "about": offer.name, **_example(form, offer, version)},
        verb=verb,
        then=offer_url(offer),
        template="marketing/offer_form.html",
        service=lambda: write_draft(actor=request.user, offer_id=offer.pk, at=timezone.now(), **form.as_draft()),
    )


def _example(form, offer=None, version=None):
    """What the terms mean, for an amount a little above where they begin: of what is typed, or of what stands."""
    currency = offer.currency if offer else (form.data.get("currency") or "CNY")
    try:
        terms = (
            checked_terms(form.kind, form.terms()) if form.is_bound and form.is_valid() else version and version.terms
        )
    except ValidationError:  # what is wrong stands beside the fields
        terms = None
    if not terms:
        return {"words": "", "example": ""}
    example = worked_example(form.kind, terms, currency, example_amount(form.kind, terms))
    return {"words": terms_in_words(form.kind, terms, currency), "example": example}


@require_safe
@login_required
@permission_required("marketing.view_offer", raise_exception=True)
def offer_detail(request, code):
    offer = visible_offer(request, code)
    draft = offer.versions.drafts().first()
    shown = offer.version or draft
    shown.offer = offer
    if draft:
        draft.offer = offer
    spent = offer.reserved + offer.committed
    context = {
        "offer": offer,
        "state": offer_state(offer),
        "crumbs": [(_("Offers"), reverse("marketing:offer_list")), (offer.name, "")],
        "actions": _actions(request.user, offer, draft),
        "version": shown,
        "draft": draft if offer.version else None,
        "facts": version_facts(shown),
        "draft_facts": version_facts(draft) if draft and offer.version else [],
        "example": worked_example(offer.kind, shown.terms, offer.currency, example_amount(offer.kind, shown.terms)),
        "free": offer.budget - spent,
        "spent_share": int(spent * 100 / offer.budget) if offer.budget else 0,
        "liability": liability_of(offer),
        "coupons": coupon_figures(offer),
        "redeemed": redemption_figures(offer),
        "batches": shown.batches.select_related("issued_by", "exported_by")[:20],
        "packets": offer_packets(offer),
        "waiting": ChangeRequest.objects.open().about("marketing_offer", offer.pk),
        "closes": offer.accruals.order_by("-day", "kind")[:20],
    }
    return render(request, "marketing/offer_detail.html", context)


def offer_packets(offer):
    taken = Count("shares", filter=Q(shares__customer__isnull=False))
    return RedPacket.objects.filter(version__offer=offer).annotate(taken=taken)[:20]


def _actions(user, offer, draft):
    to = lambda name: reverse(f"marketing:{name}", args=[offer.code])  # noqa: E731
    change, runs = "marketing.change_offer", offer.version is not None and offer.stopped_at is None
    stopped = "" if runs else _("This offer does not run.")
    none = "" if draft else _("There is no draft to publish: write one first.")
    shared = (
        "" if runs and offer.version.terms.get("form") == "shared" else _("This offer gives no shared red packets.")
    )
    rows = [
        act(user, change, _("Publish…"), to("offer_publish"), "send", hurdle=none, primary=bool(draft)),
        act(user, change, _("Edit draft"), to("offer_draft"), "edit"),
        act(user, change, _("Change budget…"), to("offer_budget"), "cash", hurdle="" if offer.version else stopped),
        act(user, "marketing.add_couponbatch", _("Issue coupons"), to("coupon_issue"), "ticket", hurdle=stopped),
        act(user, "marketing.stop_offer", _("Stop…"), to("offer_stop"), "x", hurdle=stopped),
    ]
    if offer.kind == "red_packet":
        rows.append(
            act(user, "marketing.add_redpacket", _("Make red packet"), to("packet_create"), "plus", hurdle=shared)
        )
    return rows


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.change_offer", raise_exception=True)
def offer_publish(request, code):
    offer = visible_offer(request, code)
    form = BudgetForm(request.POST or None, initial={"budget": offer.budget or None})
    return _ask(request, offer, form, _("Ask to publish"), lambda now: propose_publication(
        actor=request.user, offer_id=offer.pk, at=now, **form.cleaned_data), _("Somebody of compliance decides."))  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.change_offer", raise_exception=True)
def offer_budget(request, code):
    offer = visible_offer(request, code)
    form = BudgetForm(request.POST or None, initial={"budget": offer.budget})
    return _ask(request, offer, form, _("Ask for this budget"), lambda now: propose_budget(
        actor=request.user, offer_id=offer.pk, at=now, **form.cleaned_data), _("Somebody of compliance decides."))  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.stop_offer", raise_exception=True)
def offer_stop(request, code):
    offer = visible_offer(request, code)
    form = ReasonForm(request.POST or None, label=_("Why is it stopped?"))
    return _ask(request, offer, form, _("Stop offer"), lambda now: stop_offer(
        actor=request.user, offer_id=offer.pk, at=now, **form.cleaned_data), _("The offer is stopped."), tone="red")  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.add_couponbatch", raise_exception=True)
def coupon_issue(request, code):
    offer = visible_offer(request, code)
    form = IssueForm(request.POST or None)
    return _ask(request, offer, form, _("Issue coupons"), lambda now: issue_anonymous(
        actor=request.user, offer_id=offer.pk, at=now, **form.cleaned_data),
        _("The coupons are issued. Export their codes: that is possible once."))  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.add_redpacket", raise_exception=True)
def packet_create(request, code):
    offer = visible_offer(request, code)
    form = PacketForm(request.POST or None)
    return _ask(request, offer, form, _("Make red packet"), lambda now: make_packet(
        actor=request.user, offer_id=offer.pk, at=now, **form.cleaned_data), _("The red packet is made."))  # fmt: skip


def _ask(request, offer, form, verb, service, said, tone=""):
    def told():
        service(timezone.now())
        messages.success(request, said)

    return ask(
        request, form, context={"crumbs": _crumbs(offer, verb), "about": offer.name}, verb=verb, then=offer_url(offer),
        service=told, tone=tone,
    )  # fmt: skip


def _crumbs(offer, verb):
    return [(_("Offers"), reverse("marketing:offer_list")), (offer.name, offer_url(offer)), (verb, "")]


def visible_offer(request, code):
    return get_object_or_404(Offer.objects.visible_to(request.user).for_list(), code=code.lower())


def offer_url(offer):
    return reverse("marketing:offer_detail", args=[offer.code])
