from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pages.forms import form_helper
from products.forms.products import FeeForm, RateForm
from products.services.prices import set_fee, set_rate
from products.views.products import form_page, visible_product


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("products.change_product", raise_exception=True)
def price_set(request, code):
    """Set a rate or, with ?of=fee, a fee."""
    product = visible_product(request, code)
    is_fee = request.GET.get("of") == "fee"
    form = (FeeForm if is_fee else RateForm)(request.POST or None, initial={"valid_from": timezone.localdate()})
    back = reverse("products:product_detail", args=[product.code])
    form.helper = form_helper(form, _("Set fee") if is_fee else _("Set rate"), cancel_url=back)
    if form.is_valid():
        try:
            _set(request, product, dict(form.cleaned_data), is_fee=is_fee)
            return redirect(back)
        except ValidationError as error:
            form.add_error(None, error)
    return form_page(request, form, product, _("Set price"), price_tabs=True, is_fee=is_fee)


def _set(request, product, cleaned, *, is_fee):
    common = {"actor": request.user, "product_id": product.pk, "today": timezone.localdate()}
    if is_fee:
        set_fee(**common, **cleaned)
    else:
        set_rate(**common, annual_rate=cleaned.pop("percent") / 100, **cleaned)
