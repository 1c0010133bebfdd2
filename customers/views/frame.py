"""What stands over every page of a customer: header, figures, tabs; masked for the reader."""

from datetime import timedelta

from django.http import Http404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.templatetags.why import why
from customers.masking import Masked
from customers.middleware import CustomerMoved
from customers.models import Customer
from customers.panels import TABS, flags_of
from customers.services.portraits import as_of
from customers.services.reading import open_customer
from customers.tables import RISK_TONE, STATUS_TONE
from pages.actions import Action
from pages.formats import day, money, number
from pages.parts import open_to
from pages.templatetags.pages import figure, masked

PERSONAL = [
    (gettext_lazy("Phone"), "phone"),
    (gettext_lazy("E-mail"), "email"),
    (gettext_lazy("Identity number"), "identity_number"),
    (gettext_lazy("Address"), "address"),
]


def visible_customer(request, reference, part="", record=None):
    """The customer, or 404 for one who is not there or not in the reader's regions and lines: the two look the same.

    `part` says what of the customer the page shows; it stands in the log with who opened it."""
    seen = (
        Customer.objects.visible_to(request.user)
        .select_related("portrait", "relationship_owner", "source")
        .defer("search")
    )
    customer = seen.filter(reference=reference.upper()).first() or refuse_or_lead(request.user, reference)
    if part:
        open_customer(customer, part, record)
    return customer


def refuse_or_lead(user, reference):
    """Raise CustomerMoved for a number that leads to a customer whom the person sees, else Http404."""
    gone = Customer.objects.filter(reference=reference.upper(), merged_into__isnull=False).only(
        "reference", "merged_into"
    )
    to = Customer.objects.visible_to(user).filter(pk__in=gone.values("merged_into")).only("reference").first()
    if to is None:
        raise Http404
    raise CustomerMoved(reference.upper(), to.reference)


def customer_url(customer, part=""):
    return f"/customers/{customer.reference}/{part}"  # 50 rows a page: reverse() would cost more than the row


def frame(request, customer, tab=""):
    """The context of `customers/customer_frame.html`."""
    user, night = request.user, as_of()
    name = Masked(user).name(customer)
    return {
        "customer": customer,
        "name": name,
        "pills": [*pills(customer), *flags_of(user, customer)],
        "figures": figures(user, customer, night),
        "as_of": night,
        "portrait": getattr(customer, "portrait", None),
        "facts": [
            customer.reference,
            customer.get_kind_display(),
            *filter(None, [customer.city]),
            _("customer since %(day)s") % {"day": day(customer.joined_on)},
        ],
        "crumbs": [(_("Customers"), reverse("customers:customer_list")), (customer.reference, "")],
        "tabs": tabs(user, customer, tab),
        "actions": actions(user, customer),
    }


def pills(customer):
    risk = _("%(level)s risk") % {"level": customer.get_risk_level_display()}
    return [
        (risk, RISK_TONE[customer.risk_level]),
        (customer.get_status_display(), STATUS_TONE.get(customer.status, "")),
        *(
            [(_("Erased"), "")]
            if customer.erased_at
            else [(_("Restricted"), "amber")]
            if customer.restricted_at
            else []
        ),
    ]


def personal_facts(user, customer):
    """Personal values as the reader may see them, each with an eye for those who may reveal one."""
    shown = Masked(user)
    facts = [(label, field, shown.of(customer, field)) for label, field in PERSONAL]
    return [
        (
            label,
            format_html('<span class="mono">{}</span>', masked(value, reveal_url(user, customer, field)))
            if value
            else "",
        )
        for label, field, value in facts
    ]


def reveal_url(user, customer, field):
    """Where the eye beside a value asks; nothing for those who may not reveal."""
    may = user.has_perm("customers.reveal_field") and not customer.erased_at
    return customer_url(customer, f"reveal/{field}/") if may else ""


def actions(user, customer):
    why_not = None if user.has_perm("customers.log_contact") else _("Customer service logs contacts.")
    return [
        Action(_("Log contact"), customer_url(customer, "contact/"), "message", primary=True, key="c").unless(why_not)
    ]


def figures(user, customer, night):
    """The figures of the latest night; each opens the rows that it counts, where the reader may see them."""
    portrait = getattr(customer, "portrait", None)
    if portrait is None:
        return []
    accounts, currency = customer_url(customer, "accounts/"), portrait.currency
    late = "red" if portrait.overdue_days else ""
    shown = [
        ("balance", _("Balance"), money(portrait.balance, currency), f"{accounts}#accounts", ""),
        ("holdings_value", _("Products held"), money(portrait.holdings_value, currency), f"{accounts}#holdings", ""),
        (
            "loans_outstanding",
            _("Loans outstanding"),
            money(portrait.loans_outstanding, currency),
            f"{accounts}#loans",
            "",
        ),
        ("n_30", _("Movements in 30 days"), number(portrait.n_30), _movements_url(user, customer, night), ""),
        ("overdue_days", _("Days past due"), number(portrait.overdue_days), f"{accounts}#loans", late),
    ]
    return [
        figure(label, value, url, tone, aside=why("portrait", customer.reference, key, label))
        for key, label, value, url, tone in shown
    ]


def _movements_url(user, customer, night):
    if night is None or not user.has_perm("customers.view_transaction"):
        return ""
    return customer_url(customer, f"transactions/?booked_after={night - timedelta(days=29)}&booked_before={night}")


def tabs(user, customer, tab):
    pages = [
        ("overview", _("Overview"), "", ""),
        ("accounts", _("Accounts, loans, products"), "accounts/", ""),
        ("tags", _("Tags"), "tags/", "customers.view_tag"),
        ("privacy", _("Privacy"), "privacy/", "customers.view_consent"),
        ("transactions", _("Transactions"), "transactions/", "customers.view_transaction"),
    ]
    shown = [
        {"label": label, "url": customer_url(customer, part), "active": tab == key}
        for key, label, part, permission in pages
        if not permission or user.has_perm(permission)
    ]
    shown += [{"label": one.label, "url": one.url(customer), "active": tab == one.key} for one in open_to(user, TABS)]
    if user.has_perm("audit.view_event"):
        history = reverse("audit:record_history", args=["customers_customer", customer.pk])
        shown.append({"label": _("History"), "url": history, "active": False})
    return shown
