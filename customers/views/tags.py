from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.forms.tags import CustomerTagForm, TagForm
from customers.masking import Masked
from customers.models import Customer, CustomerTag, Tag
from customers.querysets.tags import SAYS, audiences
from customers.services.tags import end_tag, save_tag, tag_customer
from customers.views.asking import ask
from customers.views.frame import customer_url, frame, visible_customer
from pages.actions import Action
from pages.columns import opens
from pages.formats import number
from pages.lists import Column
from pages.templatetags.pages import pill_html

SHOWN = 200
TAG_COLUMNS = (
    Column("label", gettext_lazy("Tag"), lambda row: pill_html(row.label, row.tone)),
    Column("code", gettext_lazy("Code"), lambda row: row.code, mono=True),
    Column("audience", gettext_lazy("Who may know"), lambda row: row.get_audience_display()),
    Column("rule", gettext_lazy("Rule"), lambda row: _rule_of(row)),
    Column("days", gettext_lazy("Stands for days"), lambda row: number(row.days), numeric=True),
    Column("standing", gettext_lazy("Customers"), lambda row: number(row.standing), numeric=True),
    Column("state", gettext_lazy("State"), lambda row: _("In use") if row.is_active else _("Not in use")),
)


def _rule_of(tag):
    """The rule in words; a tag without one is said by people and programs."""
    if not tag.figure:
        return _("Said by people")
    worth = f"{number(tag.value)} {tag.currency}".strip()
    said = f"{tag.get_figure_display()} {tag.get_bound_display()} {worth}"
    return f"{said} ({_('needs confirmation')})" if tag.needs_confirmation else said


@require_safe
@login_required
@permission_required("customers.view_tag", raise_exception=True)
def tag_list(request):
    """What can be said of customers, by which rules, and of how many it is said."""
    user = request.user
    seen = Count(
        "customers", filter=Q(customers__ended_at=None, customers__customer__in=Customer.objects.visible_to(user))
    )
    may_change = user.has_perm("customers.change_tag")
    return render(
        request,
        "customers/tag_list.html",
        {
            "tags": Tag.objects.visible_to(user).annotate(standing=seen).order_by("audience", "code"),
            "columns": TAG_COLUMNS,
            "row_url": opens(lambda row: reverse("customers:tag_edit", args=[row.pk])) if may_change else None,
            "actions": [
                Action(_("New tag"), reverse("customers:tag_create"), "plus", primary=True).unless(
                    None if may_change else _("Compliance keeps the tags.")
                )
            ],
        },
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.change_tag", raise_exception=True)
def tag_create(request):
    return _edit(request, Tag(), _("New tag"))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.change_tag", raise_exception=True)
def tag_edit(request, pk):
    tag = get_object_or_404(Tag.objects.visible_to(request.user), pk=pk)
    return _edit(request, tag, tag.label)


def _edit(request, tag, title):
    form = TagForm(request.POST or None, instance=tag)

    def service(_cleaned):
        return save_tag(actor=request.user, tag=form.instance)

    crumbs = [(_("Tags"), reverse("customers:tag_list"))]
    then = reverse("customers:tag_list")
    return ask(request, form, title=title, verb=_("Save"), crumbs=crumbs, service=service, then=then, draft="tag")


@require_safe
@login_required
@permission_required("customers.view_tag", raise_exception=True)
def customer_tags(request, reference):
    """Everything that is and was said of a customer: by what, when, how surely, on what grounds."""
    customer, user = visible_customer(request, reference, "tags"), request.user
    said = customer.tags.visible_to(user).select_related("tag", "by").order_by("-at", "-id")[:SHOWN]
    sayable, masked = audiences(user, SAYS), Masked(user)
    return render(
        request,
        "customers/customer_tags.html",
        {
            **frame(request, customer, "tags"),
            "rows": [
                (one, _said_by(one), _end(customer, one, sayable), masked.note(customer, one.grounds)) for one in said
            ],
            "acts": [
                Action(_("Add tag"), customer_url(customer, "tags/add/"), "plus", primary=True).unless(
                    None if sayable else _("Your role does not put tags on customers.")
                )
            ],
        },
    )


def _said_by(said):
    return str(said.by) if said.by else said.get_source_display()


def _end(customer, said, sayable):
    may = said.ended_at is None and said.tag.audience in sayable
    return customer_url(customer, f"tags/{said.pk}/end/") if may else ""


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.add_customertag", raise_exception=True)
def tag_add(request, reference):
    customer = visible_customer(request, reference, "tag" if request.method == "GET" else "")

    def service(cleaned):
        return tag_customer(actor=request.user, customer_id=customer.pk, at=timezone.now(), **cleaned)

    return ask(
        request,
        CustomerTagForm(request.POST or None, user=request.user),
        title=_("Add tag"),
        crumbs=[(_("Customers"), reverse("customers:customer_list")), (customer.reference, customer_url(customer))],
        service=service,
        then=customer_url(customer, "tags/"),
    )


@require_POST
@login_required
@permission_required("customers.add_customertag", raise_exception=True)
def tag_end(request, reference, pk):
    customer = visible_customer(request, reference)
    get_object_or_404(CustomerTag.objects.visible_to(request.user), customer=customer, pk=pk)
    end_tag(actor=request.user, customer_id=customer.pk, pk=pk, at=timezone.now())
    return redirect(customer_url(customer, "tags/"))
