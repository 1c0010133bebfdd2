"""Owners of a business as a table and a tree, its representatives, and the forms that record them."""

from decimal import Decimal

from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from customers.forms import kyc as shapes
from customers.masking import Masked, mask_field
from customers.models import HolderKind, Power, Representative, Stake
from customers.services import ownership as services
from customers.views.asking import ask
from customers.views.documents import crumbs_of
from customers.views.frame import customer_url, visible_customer
from pages.actions import Action
from pages.columns import Column
from pages.formats import day
from pages.templatetags.pages import pill_html

MOST_CHAINS = 5


def ownership_part(user, customer):
    """Owners and representatives, or None for who may not see them; owners of a business alone."""
    if not user.has_perm("customers.view_ownership"):
        return None
    today, shown = timezone.localdate(), Masked(user)
    is_business = customer.kind == "business"
    found = services.structure(customer, day=today) if is_business else None
    least = services.threshold(customer, day=today) if is_business else Decimal(0)
    stakes = list(Stake.objects.visible_to(user).filter(customer=customer).order_by("company", "-share", "id"))
    return {
        "is_business": is_business,
        "least": least.normalize(),
        "owners": [(owner, owner in found.beneficial(least)) for owner in found.owners] if found else [],
        "owner_columns": _owner_columns(user),
        "sentences": services.sentences(found, shown.name(customer)) if found and stakes else [],
        "tree": _tree(user, customer, stakes, today),
        "stakes": stakes,
        "stake_columns": _stake_columns(user, customer),
        "representatives": Representative.objects.visible_to(user).filter(customer=customer).order_by("role", "id"),
        "representative_columns": _representative_columns(user, customer),
        "control": _control(found, least, customer) if is_business else "",
        "acts": _acts(user, customer, is_business),
    }


def _called(user, kind, name):
    """A person's name as the reader may see it; companies are no secret."""
    return Masked(user).text("name", name) if kind == HolderKind.PERSON else name


def _owner_columns(user):
    return (
        Column("name", gettext_lazy("Owner"), lambda row: _called(user, row[0].kind, row[0].name)),
        Column("kind", gettext_lazy("Kind"), lambda row: HolderKind(row[0].kind).label),
        Column("percent", gettext_lazy("Effective share"), lambda row: f"{round(row[0].percent, 2)} %", numeric=True),
        Column("beneficial", gettext_lazy("Beneficial owner"), lambda row: pill_html(_("yes"), "blue") if row[1] else "–"),
        Column("chains", gettext_lazy("Chains"), lambda row: _chains(user, row[0]), card="wide"),
    )  # fmt: skip


def _chains(user, owner):
    """Each chain from the company up, with what comes along it."""
    said = [
        " → ".join([*path[:-1], _called(user, owner.kind, path[-1])]) + f" ({round(part, 2)} %)"
        for path, part in owner.chains[:MOST_CHAINS]
    ]
    return "; ".join(said)


def _control(found, least, customer):
    """Who is named where nobody owns enough: the last resort of the rule."""
    if found.beneficial(least):
        return ""
    named = customer.representatives.filter(role__in=["control", "legal", "manager"], to_on__isnull=True).exists()
    if named:
        return _("Nobody reaches the share: those who control it by other means, or manage it, count as its owners.")
    return _("Nobody reaches the share: name who controls it by other means, or its senior managers.")


def _tree(user, customer, stakes, today, company="", path=()):
    """The structure as nested lists: each holder with those who hold it."""
    return [
        {
            "label": _called(user, one.holder_kind, one.holder),
            "share": f"{one.share.normalize():f} %",
            "children": _tree(user, customer, stakes, today, one.holder, (*path, one.holder))
            if one.holder_kind == HolderKind.COMPANY and one.holder not in path
            else [],
        }
        for one in stakes
        if one.company == company and one.from_on <= today and (one.to_on is None or one.to_on >= today)
    ]


def _stake_columns(user, customer):
    return (
        Column("holder", gettext_lazy("Holder"), lambda row: _called(user, row.holder_kind, row.holder)),
        Column("company", gettext_lazy("Share in"), lambda row: row.company or customer.reference),
        Column("share", gettext_lazy("Share"), lambda row: f"{row.share.normalize():f} %", numeric=True),
        Column("number", gettext_lazy("Document number"), lambda row: mask_field("document_number", row.number), mono=True),
        Column("from_on", gettext_lazy("From"), lambda row: day(row.from_on)),
        Column("to_on", gettext_lazy("Until"), lambda row: _until(user, customer, row, "stakes")),
    )  # fmt: skip


def _representative_columns(user, customer):
    powers = {power.value: str(power.label) for power in Power}
    return (
        Column("name", gettext_lazy("Name"), lambda row: Masked(user).text("name", row.name)),
        Column("role", gettext_lazy("Role"), lambda row: row.get_role_display()),
        Column("powers", gettext_lazy("Powers"), lambda row: ", ".join(powers.get(one, one) for one in row.powers) or "–"),
        Column("from_on", gettext_lazy("From"), lambda row: day(row.from_on)),
        Column("to_on", gettext_lazy("Until"), lambda row: _until(user, customer, row, "representatives")),
    )  # fmt: skip


def _until(user, customer, row, part):
    if row.to_on or not user.has_perm(services.CHANGE):
        return day(row.to_on)
    return format_html('<a href="{}">{}</a>', customer_url(customer, f"{part}/{row.pk}/end/"), _("End"))


def _acts(user, customer, is_business):
    why_not = None
    if not user.has_perm(services.CHANGE):
        why_not = _("Customer service and compliance record owners and representatives.")
    owners = why_not or (None if is_business else _("Only a business has owners."))
    return [
        Action(_("Record owner"), customer_url(customer, "stakes/new/"), "sitemap").unless(owners),
        Action(_("Record representative"), customer_url(customer, "representatives/new/"), "user-plus").unless(why_not),
    ]


def _ask(request, customer, title, form, service):
    return ask(
        request,
        form(request.POST) if request.method == "POST" else form(),
        title=title,
        crumbs=crumbs_of(customer),
        service=service,
        then=customer_url(customer, "kyc/"),
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.change_ownership", raise_exception=True)
def stake_create(request, reference):
    customer = visible_customer(request, reference, "kyc" if request.method == "GET" else "")

    def service(cleaned):
        return services.add_stake(actor=request.user, customer_id=customer.pk, at=timezone.now(), **cleaned)

    return _ask(request, customer, _("Record owner"), shapes.StakeForm, service)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.change_ownership", raise_exception=True)
def representative_create(request, reference):
    customer = visible_customer(request, reference, "kyc" if request.method == "GET" else "")

    def service(cleaned):
        return services.add_representative(actor=request.user, customer_id=customer.pk, at=timezone.now(), **cleaned)

    return _ask(request, customer, _("Record representative"), shapes.RepresentativeForm, service)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.change_ownership", raise_exception=True)
def stake_end(request, reference, pk):
    return _end(request, reference, pk, Stake, lambda **said: services.end_stake(stake_id=pk, **said))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.change_ownership", raise_exception=True)
def representative_end(request, reference, pk):
    return _end(
        request, reference, pk, Representative, lambda **said: services.end_representative(representative_id=pk, **said)
    )


def _end(request, reference, pk, model, end):
    customer = visible_customer(request, reference)
    row = get_object_or_404(model.objects.visible_to(request.user), pk=pk, customer=customer)
    if request.method == "GET":
        visible_customer(request, reference, "kyc", row.pk)
    return _ask(request, customer, _("End"), shapes.EndForm, lambda cleaned: end(actor=request.user, **cleaned))
