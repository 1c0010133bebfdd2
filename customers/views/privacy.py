"""The Privacy tab of a customer, and the pages that show by what rules and keys personal data is kept."""

from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Max
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from customers.dated_rules import PRIVACY_RULES
from customers.encryption import index_key_id, index_keys, key_ring
from customers.forms.keys import RotationForm
from customers.key_commands import ROTATE, keys_in_use, nothing_to_rotate
from customers.models import CalendarDay, Consent, KeyRotation, PrivacyRequest, PrivacyRule
from customers.views.asking import ask
from customers.views.consents import word_pill
from customers.views.dated_rules import changing
from customers.views.erasures import parts_of
from customers.views.frame import customer_url, frame, visible_customer
from customers.views.privacy_requests import request_columns, request_url
from pages.actions import Action
from pages.columns import Column, opens
from pages.formats import day, number
from pages.templatetags.pages import moment
from staff.reauth import recently_authenticated
from staff.services.changes import propose
from staff.views.waiting import say_waiting

CONSENT_COLUMNS = (
    Column("purpose", gettext_lazy("Purpose"), lambda row: row.get_purpose_display()),
    Column("channel", gettext_lazy("Channel"), lambda row: row.get_channel_display()),
    Column("given", gettext_lazy("Said"), word_pill),
    Column("at", gettext_lazy("When"), lambda row: moment(row.at)),
    Column("notice", gettext_lazy("Text shown"), lambda row: row.notice or "–"),
    Column("origin", gettext_lazy("Where"), lambda row: row.get_origin_display()),
    Column("by", gettext_lazy("Recorded by"), lambda row: row.recorded_by or row.source or "–"),
)
SHOWN = 100


@require_safe
@login_required
@permission_required("customers.view_consent", raise_exception=True)
def customer_privacy(request, reference):
    """What a customer agreed to and asked for, what is restricted, and how long what is kept."""
    customer, user = visible_customer(request, reference, "privacy"), request.user
    said = Consent.objects.filter(customer=customer).select_related("notice", "recorded_by", "source")
    sees_requests = user.has_perm("customers.view_privacyrequest")
    requests = PrivacyRequest.objects.visible_to(user).for_list().filter(customer=customer).order_by("-id")[:SHOWN]
    return render(
        request,
        "customers/customer_privacy.html",
        {
            **frame(request, customer, "privacy"),
            "standing": [_stand(user, customer, one) for one in said.standing(timezone.now())],
            "history": said.order_by("-at", "-id")[:SHOWN],
            "columns": CONSENT_COLUMNS,
            "requests": requests if sees_requests else None,
            "request_columns": request_columns(user, timezone.localdate()),
            "request_url": opens(request_url),
            "erasure_parts": parts_of(customer, today=timezone.localdate()) if sees_requests else None,
            "acts": _acts(user, customer),
        },
    )


def _stand(user, customer, consent):
    """What stands for one purpose and channel, and the button that turns it round: taking back is as easy as giving."""
    turn = "no" if consent.given else "yes"
    label = _("Withdraw") if consent.given else _("Give")
    query = f"consent/?purpose={consent.purpose}&channel={consent.channel}&given={turn}"
    why_not = None if user.has_perm("customers.record_consent") else _("Customer service records consents.")
    return {
        "consent": consent,
        "said": word_pill(consent),
        "actions": [Action(label, customer_url(customer, query)).unless(why_not)],
    }


def _acts(user, customer):
    records = None if user.has_perm("customers.record_consent") else _("Customer service records consents.")
    asks = None if user.has_perm("customers.add_privacyrequest") else _("Customer service records requests.")
    return [
        Action(_("Record consent"), customer_url(customer, "consent/"), "check").unless(records),
        Action(_("Record request"), customer_url(customer, "request/"), "inbox", primary=True).unless(asks),
    ]


RULE_COLUMNS = (
    Column("code", gettext_lazy("Rule"), lambda row: row.get_code_display(), wrap=True),
    Column("jurisdiction", gettext_lazy("Jurisdiction"), lambda row: row.jurisdiction or _("elsewhere")),
    Column("span", gettext_lazy("Value"), lambda row: row.span),
    Column("valid_from", gettext_lazy("From"), lambda row: day(row.valid_from)),
    Column("valid_to", gettext_lazy("Until"), lambda row: day(row.valid_to)),
    Column("source", gettext_lazy("Source"), lambda row: row.source, wrap=True),
)
CALENDAR_COLUMNS = (
    Column("day", gettext_lazy("Day"), lambda row: day(row.day)),
    Column("jurisdiction", gettext_lazy("Jurisdiction"), lambda row: row.jurisdiction),
    Column(
        "is_working", gettext_lazy("Working day"), lambda row: _("Make-up workday") if row.is_working else _("Holiday")
    ),
    Column("name", gettext_lazy("Name"), lambda row: row.name),
)


@require_safe
@login_required
@permission_required("customers.view_privacyrule", raise_exception=True)
def rule_list(request):
    """How long what is kept, by when what is answered, and on which days deadlines count."""
    today = timezone.localdate()
    in_force = PrivacyRule.objects.visible_to(request.user).in_force(today)
    pages = changing(request.user, PRIVACY_RULES, change="customers:rule_change", confirm="customers:rule_confirm")
    return render(
        request,
        "customers/rule_list.html",
        {
            "rules": in_force,
            "others": PrivacyRule.objects.visible_to(request.user).exclude(pk__in=in_force.values("pk")),
            "columns": (*RULE_COLUMNS, Column("confirmed", gettext_lazy("Confirmed"), pages["confirmed"])),
            "days": CalendarDay.objects.filter(day__gte=today).order_by("day", "jurisdiction")[:SHOWN],
            "calendar_columns": CALENDAR_COLUMNS,
            "known": CalendarDay.objects.order_by("jurisdiction").values("jurisdiction").annotate(until=Max("day")),
            "unsure": in_force.filter(needs_confirmation=True).count(),
            "today": today,
            **pages,
        },
    )


ROTATION_COLUMNS = (
    Column("kind", gettext_lazy("What"), lambda row: row.get_kind_display()),
    Column("table", gettext_lazy("Table"), lambda row: row.table, mono=True),
    Column("key", gettext_lazy("To key"), lambda row: row.key, mono=True),
    Column(
        "done",
        gettext_lazy("Done"),
        lambda row: _("%(done)s of %(total)s") % {"done": number(row.done), "total": number(row.total)},
    ),
    Column("changed", gettext_lazy("Changed"), lambda row: number(row.changed), numeric=True),
    Column("unreadable", gettext_lazy("Not readable"), lambda row: number(row.unreadable), numeric=True),
    Column("started_at", gettext_lazy("Started"), lambda row: moment(row.started_at)),
    Column("ended_at", gettext_lazy("Ended"), lambda row: moment(row.ended_at)),
)


@require_safe
@login_required
@permission_required("customers.view_keyrotation", raise_exception=True)
def key_list(request):
    """Which keys seal and index personal values, and how far they have been changed. Keys themselves are never shown."""
    ring, keys = key_ring(), index_keys()
    return render(
        request,
        "customers/key_list.html",
        {
            "first": ring.first,
            "others": [name.decode() for name in ring.ciphers if name.decode() != ring.first],
            "index_first": index_key_id(),
            "index_others": [index_key_id(key) for key in keys[1:]],
            "rotations": KeyRotation.objects.order_by("-started_at", "-id")[:SHOWN],
            "going": KeyRotation.objects.filter(ended_at__isnull=True),
            "columns": ROTATION_COLUMNS,
            "actions": [
                Action(_("Change keys…"), reverse("customers:key_rotate"), "key").unless(
                    nothing_to_rotate()
                    if request.user.has_perm("customers.rotate_keys")
                    else _("Administrators ask for a change of keys.")
                )
            ],
        },
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.rotate_keys", raise_exception=True)
@recently_authenticated
def key_rotate(request):
    """Ask for everything to be sealed and indexed again under the keys that stand first in the environment."""

    def service(cleaned):
        arguments = {"keys": keys_in_use()}
        return say_waiting(
            request, propose(actor=request.user, command=ROTATE, arguments=arguments, at=timezone.now(), **cleaned)
        )

    return ask(
        request,
        RotationForm(request.POST or None),
        title=_("Change the keys of personal data"),
        verb=_("Ask for approval"),
        crumbs=[(_("Keys of personal data"), reverse("customers:key_list"))],
        service=service,
        then=reverse("customers:key_list"),
    )
