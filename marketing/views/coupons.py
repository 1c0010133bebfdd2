from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketing.filters.offers import CouponFilter
from marketing.forms.offers import CodeForm
from marketing.models import Coupon, CouponBatch, Offer, RedPacket
from marketing.offer_columns import coupon_columns, used_of
from marketing.services.code_export import start_code_export
from marketing.services.coupons import find_coupon
from pages.forms import form_helper
from pages.lists import ListPage, render_list
from risk.views.acts import act, add_errors
from staff.reauth import recently_authenticated


@require_safe
@login_required
@permission_required("marketing.view_coupon", raise_exception=True)
def coupon_list(request):
    seen = Coupon.objects.visible_to(request.user).for_list()
    listing = ListPage(
        request,
        filterset=CouponFilter(request.GET, queryset=seen, request=request),
        columns=coupon_columns(),
        order=["-issued_at", "-id"],
        row_url=lambda row: f"/marketing/offers/{row.version.offer.code}/",
        all_label=_("All coupons"),
        label=_("Coupons"),
        empty=_("No coupon is issued yet: open an offer in force and issue some."),
    )
    look = reverse("marketing:coupon_look")
    actions = [act(request.user, "marketing.view_coupon", _("Look up a code"), look, "search", primary=True)]
    return render_list(request, "marketing/coupon_list.html", listing, actions=actions)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.view_coupon", raise_exception=True)
def coupon_look(request):
    """What a code is, as somebody typed it. Posted, so that codes stand in no address and no log of addresses."""
    form = CodeForm(request.POST or None)
    form.helper = form_helper(form, _("Look up"), cancel_url=reverse("marketing:coupon_list"))
    found = _found(request, form) if form.is_valid() else None
    context = {
        "form": form,
        "coupon": found,
        "used": used_of(found) if found else "",
        "redemptions": found.redemptions.select_related("now", "customer")[:20] if found else [],
        "crumbs": [(_("Coupons"), reverse("marketing:coupon_list")), (_("Look up a code"), "")],
    }
    return render(request, "marketing/coupon_look.html", context, status=422 if form.errors else 200)


def _found(request, form):
    try:
        coupon = find_coupon(form.cleaned_data["code"])
    except ValidationError as error:
        add_errors(form, error)
        return None
    found = Coupon.objects.visible_to(request.user).for_list().filter(pk=coupon.pk).first()
    if found is None:
        form.add_error("code", _("This coupon is outside your scope."))
    return found


@require_POST
@login_required
@permission_required("marketing.add_couponbatch", raise_exception=True)
@recently_authenticated
def codes_export(request, pk):
    """Take the codes of an issue away as a file: once."""
    seen = CouponBatch.objects.filter(version__offer__in=Offer.objects.visible_to(request.user))
    batch = get_object_or_404(seen.select_related("version__offer"), pk=pk)
    try:
        job = start_code_export(actor=request.user, batch_id=batch.pk, at=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("marketing:offer_detail", code=batch.version.offer.code)
    return redirect("staff:job_detail", pk=job.pk)


@require_safe
@login_required
@permission_required("marketing.view_offer", raise_exception=True)
def packet_detail(request, pk):
    seen = RedPacket.objects.filter(version__offer__in=Offer.objects.visible_to(request.user))
    packet = get_object_or_404(seen.select_related("version__offer", "made_by"), pk=pk)
    offer = packet.version.offer
    context = {
        "packet": packet,
        "offer": offer,
        "shares": packet.shares.select_related("customer")[:500],
        "crumbs": [
            (_("Offers"), reverse("marketing:offer_list")),
            (offer.name, reverse("marketing:offer_detail", args=[offer.code])),
            (packet.key, ""),
        ],
    }
    return render(request, "marketing/packet_detail.html", context)
