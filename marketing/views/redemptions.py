from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from customers.models import Customer
from marketing.filters.redemptions import RedemptionFilter
from marketing.forms.offers import DecideForm
from marketing.models import Offer, Redemption
from marketing.offer_columns import held_columns, redemption_columns, scored, state_pill
from marketing.services.abuse import words_of
from marketing.services.rings import rings_of
from marketing.services.settlement import decide_held
from pages.lists import ListPage, render_list
from risk.views.acts import act, ask

SHARED = {
    "device": gettext_lazy("devices"),
    "payee": gettext_lazy("payees"),
    "address": gettext_lazy("addresses"),
    "network": gettext_lazy("networks"),
}


@require_safe
@login_required
@permission_required("marketing.view_redemption", raise_exception=True)
def redemption_list(request):
    seen = Redemption.objects.visible_to(request.user).for_list()
    listing = _listing(
        request, seen, redemption_columns(), ["-at", "-id"], _("Redemptions"), _("Nothing is redeemed yet.")
    )
    return render_list(request, "marketing/redemption_list.html", listing)


@require_safe
@login_required
@permission_required("marketing.view_redemption", raise_exception=True)
def held_list(request):
    """What waits for somebody who pays or refuses it, the oldest first."""
    seen = Redemption.objects.visible_to(request.user).for_list().held()
    listing = _listing(request, seen, held_columns(), ["at", "id"], _("Held redemptions"), _("Nothing is held."))
    return render_list(request, "marketing/held_list.html", listing)


def _listing(request, rows, columns, order, label, empty):
    return ListPage(
        request,
        filterset=RedemptionFilter(request.GET, queryset=rows, request=request),
        columns=columns,
        order=order,
        row_url=lambda row: f"/marketing/redemptions/{row.pk}/",
        all_label=_("All"),
        label=label,
        empty=empty,
    )


@require_safe
@login_required
@permission_required("marketing.view_redemption", raise_exception=True)
def redemption_detail(request, pk):
    made = _visible(request, pk)
    held = "" if made.now.state == "held" else _("This redemption is not held.")
    decide = reverse("marketing:redemption_decide", args=[made.pk])
    context = {
        "made": made,
        "state": state_pill(made),
        "entries": made.entries.select_related("by").order_by("id"),
        "signs": words_of(made.abuse.signs) if scored(made) else [],
        "score": made.abuse if scored(made) else None,
        "crumbs": [(_("Redemptions"), reverse("marketing:redemption_list")), (str(made.pk), "")],
        "actions": [act(request.user, "marketing.hold_redemption", _("Pay or refuse…"), decide, "scale", hurdle=held, primary=not held)],
    }  # fmt: skip
    return render(request, "marketing/redemption_detail.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.hold_redemption", raise_exception=True)
def redemption_decide(request, pk):
    made = _visible(request, pk)
    form = DecideForm(request.POST or None)
    here = reverse("marketing:redemption_detail", args=[made.pk])
    crumbs = [(_("Held redemptions"), reverse("marketing:held_list")), (str(made.pk), here), (_("Pay or refuse"), "")]
    return ask(
        request,
        form,
        context={"crumbs": crumbs, "about": "; ".join(words_of(made.abuse.signs)) if scored(made) else ""},
        verb=_("Decide"),
        then=here,
        service=lambda: decide_held(actor=request.user, redemption_id=made.pk, at=timezone.now(), **form.cleaned_data),
    )


def _visible(request, pk):
    return get_object_or_404(Redemption.objects.visible_to(request.user).for_list(), pk=pk)


@require_safe
@login_required
@permission_required("marketing.view_redemption", raise_exception=True)
def ring_list(request):
    """Rings of the offer that the address names, or of the newest that has redemptions."""
    seen = (
        Offer.objects.visible_to(request.user).filter(redemptions__isnull=False).distinct().order_by("-created_at")[:20]
    )
    offers = list(seen)
    asked = request.GET.get("offer", "")
    offer = next((one for one in offers if one.code == asked), offers[0] if offers else None)
    here = reverse("marketing:ring_list")
    tabs = [{"label": one.name, "url": f"{here}?offer={one.code}", "active": one == offer} for one in offers]
    context = {"tabs": tabs, "offer": offer, "rings": _shown(offer) if offer else []}
    return render(request, "marketing/ring_list.html", context)


def _shown(offer):
    """Each ring with the numbers of its customers, at most twenty of them, and what they share in words."""
    found = rings_of(offer)[:50]
    wanted = [pk for ring in found for pk in sorted(ring.customers)[:20]]
    numbers = dict(Customer.objects.filter(pk__in=wanted).values_list("pk", "reference"))
    return [
        {"ring": ring, "size": len(ring.customers), "shares": [(SHARED[sign], n) for sign, n in ring.signs.items()],
         "numbers": [numbers[pk] for pk in sorted(ring.customers)[:20]], "more": max(len(ring.customers) - 20, 0)}
        for ring in found
    ]  # fmt: skip
