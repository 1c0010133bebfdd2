from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pages.forms import form_helper
from products.forms.products import DocumentForm, FeeForm, RateForm, SwitchLineForm, VersionForm
from products.models import BusinessLine, Product, ProductVersion
from products.services.documents import add_document
from products.services.lines import switch_line
from products.services.prices import set_fee, set_rate
from products.services.products import change_version, submit_version
from products.views.products import _form_page, visible_product


def _version(request, pk):
    seen = ProductVersion.objects.filter(product__in=Product.objects.visible_to(request.user)).select_related("product__line")
    return get_object_or_404(seen, pk=pk)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("products.change_product", raise_exception=True)
def version_edit(request, pk):
    version = _version(request, pk)
    form = VersionForm(request.POST or None, instance=version)
    form.helper = form_helper(_("Save draft"), cancel_url=reverse("products:product_detail", args=[version.product.code]))
    if form.is_valid():
        try:
            change_version(actor=request.user, version_id=version.pk, **form.version_fields)
            return redirect("products:version_edit", version.pk)
        except ValidationError as error:
            form.add_error(None, error)
    title = _("Version %(number)s") % {"number": version.number}
    return _form_page(request, form, version.product, title, version=version, document_form=DocumentForm())


@require_POST
@login_required
@permission_required("products.submit_productversion", raise_exception=True)
def version_submit(request, pk):
    version = _version(request, pk)
    form = VersionForm(instance=version)
    form.helper = form_helper(_("Save draft"))
    try:
        submit_version(actor=request.user, version_id=version.pk, at=timezone.now())
    except ValidationError as error:
        form.cleaned_data, form._errors = {}, form.error_class()
        form._errors["__all__"] = form.error_class(error.messages)
        return _form_page(request, form, version.product, _("Version %(number)s") % {"number": version.number}, version=version, document_form=DocumentForm())
    return redirect("products:product_detail", version.product.code)


@require_POST
@login_required
@permission_required("products.change_product", raise_exception=True)
def document_add(request, pk):
    version = _version(request, pk)
    form = DocumentForm(request.POST, request.FILES)
    form.helper = form_helper(_("Add document"))
    if form.is_valid():
        try:
            add_document(actor=request.user, version_id=version.pk, at=timezone.now(), **form.cleaned_data)
            return redirect("products:version_edit", version.pk)
        except ValidationError as error:
            form.add_error(None, error)
    return _form_page(request, form, version.product, _("Add document"))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("products.change_product", raise_exception=True)
def price_set(request, code):
    """Set a rate or, with ?of=fee, a fee."""
    product = visible_product(request, code)
    is_fee = request.GET.get("of") == "fee"
    form = (FeeForm if is_fee else RateForm)(request.POST or None, initial={"valid_from": timezone.localdate()})
    form.helper = form_helper(_("Set fee") if is_fee else _("Set rate"), cancel_url=reverse("products:product_detail", args=[product.code]))
    if form.is_valid():
        try:
            _set(request, product, form.cleaned_data, is_fee=is_fee)
            return redirect("products:product_detail", product.code)
        except ValidationError as error:
            form.add_error(None, error)
    return _form_page(request, form, product, _("Set price"), price_tabs=True, is_fee=is_fee)


def _set(request, product, cleaned, *, is_fee):
    common = {"actor": request.user, "product_id": product.pk, "today": timezone.localdate()}
    if is_fee:
        set_fee(**common, **cleaned)
    else:
        set_rate(**common, annual_rate=cleaned.pop("percent") / 100, **cleaned)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("products.switch_businessline", raise_exception=True)
def line_switch(request, code):
    from django.shortcuts import render

    line = get_object_or_404(BusinessLine.objects.visible_to(request.user), pk=code)
    form = SwitchLineForm(request.POST or None)
    title = _("Switch %(line)s off") % {"line": line} if line.is_on else _("Switch %(line)s on") % {"line": line}
    form.helper = form_helper(title, cancel_url=reverse("products:line_list"), tone="red" if line.is_on else "")
    if form.is_valid():
        try:
            switch_line(actor=request.user, code=line.code, on=not line.is_on, reason=form.cleaned_data["reason"], at=timezone.localdate())
            return redirect("products:line_list")
        except ValidationError as error:
            form.add_error(None, error)
    crumbs = [(_("Products"), reverse("products:product_list")), (_("Business lines"), reverse("products:line_list")), (str(line), "")]
    return render(request, "products/form.html", {"form": form, "title": title, "crumbs": crumbs}, status=422 if form.errors else 200)
