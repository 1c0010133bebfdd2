from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pages.actions import Action
from pages.formats import day
from pages.forms import form_helper
from products.columns import RATING_TONES
from products.forms.products import DocumentForm, VersionForm
from products.models import Product, ProductVersion, VersionState
from products.services.documents import add_document
from products.services.products import change_version, propose_version
from products.views.products import form_page, terms_of
from staff.models import ChangeRequest
from staff.views.waiting import say_waiting


def visible_version(request, pk):
    seen = ProductVersion.objects.filter(product__in=Product.objects.visible_to(request.user))
    return get_object_or_404(seen.select_related("product__line", "submitted_by"), pk=pk)


@require_safe
@login_required
@permission_required("products.view_product", raise_exception=True)
def version_detail(request, pk):
    """A version as it stands: its terms and documents, and what may be done with it while it is a draft."""
    version = visible_version(request, pk)
    product, is_draft = version.product, version.state == VersionState.DRAFT
    facts = [product.line, product.code]
    facts += [_("draft: not in force") if is_draft else _("submitted on %(day)s") % {"day": day(version.submitted_at)}]
    return render(
        request,
        "products/version_detail.html",
        {
            "version": version,
            "product": product,
            "terms": terms_of(version, product.line_id),
            "documents": version.documents.all(),
            "facts": facts,
            "title": _("%(product)s, version %(number)s") % {"product": product, "number": version.number},
            "pills": [
                (version.get_state_display(), "amber" if is_draft else "green"),
                (version.get_risk_rating_display(), RATING_TONES[version.risk_rating]),
            ],
            "crumbs": crumbs(product, f"v{version.number}"),
            "actions": _actions(request.user, version) if is_draft else [],
            "is_in_force": product.version_id == version.pk,
            "waiting": ChangeRequest.objects.open().about("products_productversion", version.pk),
        },
    )


def crumbs(product, title):
    home = reverse("products:product_list")
    return [(_("Products"), home), (product.name, reverse("products:product_detail", args=[product.code])), (title, "")]


def _actions(user, version):
    edit = None if user.has_perm("products.change_product") else _("Product managers change products.")
    submit = None if user.has_perm("products.submit_productversion") else _("Product managers submit versions.")
    return [
        Action(_("Edit draft"), reverse("products:version_edit", args=[version.pk]), "edit").unless(edit),
        Action(_("Submit version…"), dialog="submit-version", icon="send", primary=True).unless(submit),
    ]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("products.change_product", raise_exception=True)
def version_edit(request, pk):
    version = visible_version(request, pk)
    if version.state != VersionState.DRAFT and request.method == "GET":
        return redirect("products:version_detail", version.pk)
    form = VersionForm(request.POST or None, instance=version)
    form.helper = form_helper(form, _("Save draft"), cancel_url=reverse("products:version_detail", args=[version.pk]))
    if form.is_valid():
        try:
            change_version(actor=request.user, version_id=version.pk, **form.version_fields)
            messages.success(request, _("The draft is saved."))
            return redirect("products:version_detail", version.pk)
        except ValidationError as error:
            form.add_error(None, error)
    title = _("Version %(number)s") % {"number": version.number}
    return form_page(request, form, version.product, title, draft="product-version")


@require_POST
@login_required
@permission_required("products.submit_productversion", raise_exception=True)
def version_submit(request, pk):
    version = visible_version(request, pk)
    try:
        reason = request.POST.get("reason", "")
        made = propose_version(actor=request.user, version_id=version.pk, reason=reason, at=timezone.now())
        say_waiting(request, made)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("products:version_detail", version.pk)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("products.change_product", raise_exception=True)
def document_add(request, pk):
    version = visible_version(request, pk)
    form = DocumentForm(request.POST or None, request.FILES or None)
    form.helper = form_helper(form, _("Add document"), cancel_url=reverse("products:version_detail", args=[version.pk]))
    if form.is_valid():
        try:
            add_document(actor=request.user, version_id=version.pk, at=timezone.now(), **form.cleaned_data)
            return redirect("products:version_detail", version.pk)
        except ValidationError as error:
            form.add_error(None, error)
    return form_page(request, form, version.product, _("Add document"))
