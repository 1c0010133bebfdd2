from decimal import Decimal

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pages.actions import Action
from pages.charts import Chart
from pages.columns import opens
from pages.formats import amount, day, money, number, percent
from pages.forms import form_helper
from pages.keyset import keyset_page
from pages.lists import Column, ListPage, render_list
from products.columns import (
    FEE_COLUMNS,
    PRODUCT_COLUMNS,
    RATE_COLUMNS,
    RATING_TONES,
    STATUS_TONES,
    VERSION_COLUMNS,
)
from products.filters.products import ProductFilter
from products.forms.products import MoveForm, ProductForm
from products.models import Product, ProductDocument, ProductStatus
from products.rules.status import MOVES
from products.rules.terms import TERMS
from products.services.products import create_product, move_product, start_version

DAYS_SHOWN = 400


@require_safe
@login_required
@permission_required("products.view_product", raise_exception=True)
def product_list(request):
    products = Product.objects.visible_to(request.user).for_list()
    listing = ListPage(
        request,
        filterset=ProductFilter(request.GET, queryset=products, request=request),
        columns=PRODUCT_COLUMNS,
        order=["line__position", "code"],
        row_url=lambda product: f"/products/{product.code}/",
        label=_("Products"),
        empty=_("No product is recorded yet."),
    )
    actions = [
        Action(_("Business lines"), reverse("products:line_list"), "building-bank"),
        Action(_("New product"), reverse("products:product_create"), "plus", primary=True).unless(
            None if request.user.has_perm("products.add_product") else _("Product managers make products.")
        ),
    ]
    return render_list(request, "products/product_list.html", listing, actions=actions)


def visible_product(request, code):
    seen = Product.objects.visible_to(request.user).for_list()
    return get_object_or_404(seen, code=code)


@require_safe
@login_required
@permission_required("products.view_product", raise_exception=True)
def product_detail(request, code):
    product = visible_product(request, code)
    versions = list(product.versions.select_related("submitted_by").prefetch_related("documents"))
    return render(
        request,
        "products/product_detail.html",
        {
            **_header(request, product, versions),
            "figures": _figures(product),
            "chart": _chart(product),
            "terms": terms_of(product.version, product.line_id) if product.version else [],
            "versions": versions,
            "documents": [document for version in versions for document in version.documents.all()],
            "version_columns": VERSION_COLUMNS,
            "rate_columns": RATE_COLUMNS,
            "fee_columns": FEE_COLUMNS,
            "rates": product.rates.all(),
            "fees": product.fees.all(),
            "version_url": opens(lambda version: f"/products/versions/{version.pk}/"),
        },
    )


def _header(request, product, versions):
    version = product.version
    pills = [(product.get_status_display(), STATUS_TONES.get(product.status, ""))]
    pills += [(version.get_risk_rating_display(), RATING_TONES[version.risk_rating])] if version else []
    return {
        "product": product,
        "pills": pills,
        "crumbs": [(_("Products"), reverse("products:product_list")), (product.code, "")],
        "facts": [
            product.line,
            product.code,
            product.get_jurisdiction_display(),
            product.currency,
            _("Owner: %(owner)s") % {"owner": product.owner or "–"},
        ],
        "actions": _actions(request.user, product, versions),
    }


def _actions(user, product, versions):
    draft = next((version for version in versions if version.state == "draft"), None)
    not_mine = None if user.has_perm("products.change_product") else _("Product managers change products.")
    closed = _("This product is closed.") if product.status == ProductStatus.CLOSED else None
    version = (
        Action(
            _("Edit draft v%(number)s") % {"number": draft.number},
            reverse("products:version_edit", args=[draft.pk]),
            "edit",
        )
        if draft
        else Action(_("New version"), reverse("products:version_start", args=[product.code]), "copy", post=True)
    )
    may_move = None if user.has_perm("products.move_product") else _("Product, risk and compliance move products.")
    history = [Action(_("History"), reverse("audit:record_history", args=["products_product", product.pk]), "history")]
    return [
        *(history if user.has_perm("audit.view_event") else []),
        version.unless(not_mine or closed),
        Action(_("Set price"), reverse("products:price_set", args=[product.code]), "cash").unless(not_mine or closed),
        Action(
            _("Move status"), reverse("products:product_move", args=[product.code]), "arrow-right", primary=True
        ).unless(may_move or closed),
    ]


def _figures(product):
    days = reverse("products:product_days", args=[product.code])
    return [
        (_("Holders"), number(product.holders), days),
        (_("Balance"), money(product.balance, product.currency), days),
        (_("Net flow of the day"), money(product.net_flow, product.currency), days),
    ]


def _chart(product):
    days = list(product.days.order_by("-day").values_list("day", "balance")[:DAYS_SHOWN])[::-1]
    return Chart(
        _("Balance at the end of the day"),
        kind="area",
        unit=product.currency,
        x=[day(at) for at, _balance in days],
        series={_("Balance"): [float(balance) for _at, balance in days]},
        as_of=days[-1][0] if days else None,
    )


def terms_of(version, line):
    """What a version says, as facts: target group, the terms of its line, the description."""
    shown = [(term.label, _plain(term, version.terms.get(term.name))) for term in TERMS.get(line, ())]
    return [(_("Target group"), version.target_group), *shown, (_("Description"), version.description)]


def _plain(term, value):
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    if value and term.kind in ("amount", "share"):
        return percent(Decimal(value)) if term.kind == "share" else amount(Decimal(value))
    return value


@require_safe
@login_required
@permission_required("products.view_product", raise_exception=True)
def product_days(request, code):
    """The rows behind a product's figures: one for each business day."""
    product = visible_product(request, code)
    try:
        page = keyset_page(product.days.all(), order=["-day"], cursor=request.GET.get("cursor"))
    except ValidationError:
        return redirect("products:product_days", product.code)
    columns = [
        Column("day", _("Business date"), lambda row: day(row.day)),
        Column("holders", _("Holders"), lambda row: number(row.holders), numeric=True),
        Column("balance", _("Balance"), lambda row: amount(row.balance), numeric=True),
        Column("inflow", _("Inflow"), lambda row: amount(row.inflow), numeric=True),
        Column("outflow", _("Outflow"), lambda row: amount(row.outflow), numeric=True),
    ]
    crumbs = [
        (_("Products"), reverse("products:product_list")),
        (product.name, reverse("products:product_detail", args=[product.code])),
        (_("Days"), ""),
    ]
    return render(
        request, "products/product_days.html", {"product": product, "page": page, "columns": columns, "crumbs": crumbs}
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("products.add_product", raise_exception=True)
def product_create(request):
    form = ProductForm(request.POST or None, initial={"currency": "CNY", "owner": request.user})
    form.helper = form_helper(form, _("Create product"), cancel_url=reverse("products:product_list"))
    if form.is_valid():
        fields = dict(form.cleaned_data)
        version = {"risk_rating": fields.pop("risk_rating"), "target_group": fields.pop("target_group")}
        product = create_product(actor=request.user, at=timezone.now(), version=version, **fields)
        return redirect("products:product_detail", product.code)
    context = {
        "form": form,
        "title": _("New product"),
        "crumbs": [(_("Products"), reverse("products:product_list")), (_("New product"), "")],
    }
    return render(request, "products/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("products.move_product", raise_exception=True)
def product_move(request, code):
    product = visible_product(request, code)
    form = MoveForm(request.POST or None)
    form.fields["to"].choices = [
        (status, ProductStatus(status).label) for status in ProductStatus if status in MOVES[product.status]
    ]
    form.helper = form_helper(
        form, _("Move status"), cancel_url=reverse("products:product_detail", args=[product.code])
    )
    if form.is_valid():
        try:
            move_product(actor=request.user, product_id=product.pk, **form.cleaned_data)
            return redirect("products:product_detail", product.code)
        except ValidationError as error:
            form.add_error(None, error)
    return form_page(request, form, product, _("Move status"))


@require_POST
@login_required
@permission_required("products.change_product", raise_exception=True)
def version_start(request, code):
    product = visible_product(request, code)
    try:
        version = start_version(actor=request.user, product_id=product.pk, at=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("products:product_detail", product.code)
    return redirect("products:version_edit", version.pk)


def form_page(request, form, product, title, **context):
    crumbs = [
        (_("Products"), reverse("products:product_list")),
        (product.name, reverse("products:product_detail", args=[product.code])),
        (title, ""),
    ]
    context = {"form": form, "title": title, "product": product, "crumbs": crumbs, **context}
    return render(request, "products/form.html", context, status=422 if form.is_bound and form.errors else 200)


@require_safe
@login_required
@permission_required("products.view_product", raise_exception=True)
def document(request, pk):
    """A product's document as a download, whatever it is: nothing uploaded is shown within our pages."""
    seen = ProductDocument.objects.filter(version__product__in=Product.objects.visible_to(request.user))
    kept = get_object_or_404(seen, pk=pk)
    return FileResponse(kept.file.open("rb"), as_attachment=True, filename=kept.file.name.rsplit("/", 1)[-1])
