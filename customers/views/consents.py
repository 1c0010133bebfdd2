from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Count
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from customers.filters.privacy import ConsentFilter
from customers.forms.privacy import ConsentForm, NoticeForm
from customers.models import Consent, ConsentChannel, Notice, Purpose
from customers.services.consents import publish_notice, record_consent
from customers.views.asking import ask
from customers.views.frame import customer_url, visible_customer
from pages.actions import Action
from pages.columns import opens
from pages.formats import number
from pages.lists import Column, ListPage, render_list
from pages.templatetags.pages import moment, pill_html


def word_pill(row):
    return pill_html(_("Yes"), "green") if row.given else pill_html(_("No"), "red")


COLUMNS = (
    Column("at", gettext_lazy("When"), lambda row: moment(row.at), sort="at"),
    Column("customer", gettext_lazy("Customer no."), lambda row: row.customer.reference, mono=True, link=True),
    Column("purpose", gettext_lazy("Purpose"), lambda row: row.get_purpose_display()),
    Column("channel", gettext_lazy("Channel"), lambda row: row.get_channel_display()),
    Column("given", gettext_lazy("Said"), word_pill),
    Column("notice", gettext_lazy("Text shown"), lambda row: row.notice and _notice_name(row.notice)),
    Column("origin", gettext_lazy("Where"), lambda row: row.get_origin_display()),
    Column("recorded_by", gettext_lazy("Recorded by"), lambda row: row.recorded_by or "–", default=False),
)
NOTICE_COLUMNS = (
    Column("purpose", gettext_lazy("Purpose"), lambda row: row.get_purpose_display(), link=True),
    Column("language", gettext_lazy("Language"), lambda row: row.language),
    Column("version", gettext_lazy("Version"), lambda row: row.version, numeric=True),
    Column("published_at", gettext_lazy("Published"), lambda row: moment(row.published_at)),
    Column("sha256", gettext_lazy("SHA-256"), lambda row: row.sha256[:16], mono=True),
)


def _notice_name(notice):
    return f"v{notice.version} ({notice.language})"


@require_safe
@login_required
@permission_required("customers.view_consent", raise_exception=True)
def consent_list(request):
    """Every yes and no, newest first, with who stands where today over it."""
    seen = Consent.objects.visible_to(request.user).for_list()
    listing = ListPage(
        request,
        filterset=ConsentFilter(request.GET, queryset=seen, request=request),
        columns=COLUMNS,
        order=["-at", "-id"],
        row_url=lambda row: customer_url(row.customer, "privacy/"),
        search_field="",
        label=_("Consents"),
        empty=_("Nobody has agreed to anything yet. Record a consent on a customer's Privacy tab, or over the API."),
    )
    actions = [Action(_("Report"), reverse("customers:consent_report"), "report-analytics")]
    return render_list(request, "customers/consent_list.html", listing, actions=actions)


@require_safe
@login_required
@permission_required("customers.view_consent", raise_exception=True)
def consent_report(request):
    """How many customers agree to what today, and the texts that they were shown."""
    return render(
        request,
        "customers/consent_report.html",
        {
            "counts": _counts(request.user),
            "count_columns": COUNT_COLUMNS,
            "notices": Notice.objects.all(),
            "notice_columns": NOTICE_COLUMNS,
            "notice_url": opens(lambda row: f"/customers/privacy/notices/{row.pk}/"),
            "now": timezone.now(),
            "crumbs": [(_("Consents"), reverse("customers:consent_list")), (_("Report"), "")],
            "actions": [
                Action(_("Publish text"), reverse("customers:notice_create"), "plus").unless(
                    None if request.user.has_perm("customers.add_notice") else _("Compliance publishes texts.")
                )
            ],
        },
    )


COUNT_COLUMNS = (
    Column("purpose", gettext_lazy("Purpose"), lambda row: Purpose(row["purpose"]).label),
    Column("channel", gettext_lazy("Channel"), lambda row: ConsentChannel(row["channel"]).label),
    Column("yes", gettext_lazy("Agree"), lambda row: number(row["yes"]), numeric=True),
    Column("no", gettext_lazy("Refuse or took it back"), lambda row: number(row["no"]), numeric=True),
)


def _counts(user):
    standing = Consent.objects.visible_to(user).standing(timezone.now()).values("pk")
    found = Consent.objects.filter(pk__in=standing).values("purpose", "channel", "given").annotate(n=Count("pk"))
    rows: dict = {}
    for one in found.order_by("purpose", "channel"):
        row = rows.setdefault((one["purpose"], one["channel"]), {**one, "yes": 0, "no": 0})
        row["yes" if one["given"] else "no"] = one["n"]
    return list(rows.values())


@require_safe
@login_required
@permission_required("customers.view_notice", raise_exception=True)
def notice_detail(request, pk):
    notice = get_object_or_404(Notice, pk=pk)
    crumbs = [
        (_("Consents"), reverse("customers:consent_list")),
        (_("Report"), reverse("customers:consent_report")),
        (str(notice), ""),
    ]
    facts = [
        (_("Published"), moment(notice.published_at)),
        (_("By"), notice.published_by or _("Meridian")),
        (_("SHA-256"), notice.sha256),
        (_("Consents given to it"), number(notice.consents.count())),
    ]
    return render(request, "customers/notice_detail.html", {"notice": notice, "crumbs": crumbs, "facts": facts})


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.add_notice", raise_exception=True)
def notice_create(request):
    return ask(
        request,
        NoticeForm(request.POST or None),
        title=_("Publish text"),
        crumbs=[
            (_("Consents"), reverse("customers:consent_list")),
            (_("Report"), reverse("customers:consent_report")),
        ],
        service=lambda cleaned: publish_notice(actor=request.user, at=timezone.now(), **cleaned),
        then=reverse("customers:consent_report"),
        draft="notice",
    )


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.record_consent", raise_exception=True)
def consent_record(request, reference):
    """Record a yes or a no; the buttons of the Privacy tab fill in purpose, channel and what is said."""
    customer, now = visible_customer(request, reference, "consent"), timezone.now()
    asked = {name: request.GET[name] for name in ("purpose", "channel", "given") if name in request.GET}

    def service(cleaned):
        return record_consent(actor=request.user, customer_id=customer.pk, now=now, **cleaned)

    return ask(
        request,
        ConsentForm(request.POST or None, initial=asked),
        title=_("Record consent"),
        crumbs=[(_("Customers"), reverse("customers:customer_list")), (customer.reference, customer_url(customer))],
        service=service,
        then=customer_url(customer, "privacy/"),
    )
