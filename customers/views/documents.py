"""Identity documents of a customer: recorded, looked at, verified or refused."""

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from customers.forms import documents as shapes
from customers.masking import Masked, mask_field
from customers.models import DocumentStatus, IdentityDocument
from customers.rules.documents import GRAVE
from customers.services import documents as services
from customers.services.document_files import content_of
from customers.views.asking import ask
from customers.views.frame import customer_url, frame, visible_customer
from pages.actions import Action
from pages.columns import Column
from pages.formats import day, number
from pages.templatetags.pages import moment, pill_html
from staff.reauth import recently_authenticated

TONES = {
    DocumentStatus.RECEIVED: "blue",
    DocumentStatus.VERIFIED: "green",
    DocumentStatus.REFUSED: "red",
    DocumentStatus.EXPIRED: "red",
}
ENDINGS = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}
DOCUMENT_COLUMNS = (
    Column("kind", gettext_lazy("Document"), lambda row: row.get_kind_display(), link=True),
    Column("number", gettext_lazy("Number"), lambda row: mask_field("document_number", row.number), mono=True),
    Column("status", gettext_lazy("Status"), lambda row: status_pill(row)),
    Column("issued_on", gettext_lazy("Issued on"), lambda row: day(row.issued_on)),
    Column("expires_on", gettext_lazy("Expires on"), lambda row: day(row.expires_on)),
    Column("verified", gettext_lazy("Verified by"), lambda row: row.verified_by or "–"),
    Column("findings", gettext_lazy("Findings"), lambda row: number(len(row.findings)), numeric=True),
)


def status_pill(row):
    return pill_html(row.get_status_display(), TONES.get(row.status, ""))


def document_url(row, part=""):
    return f"/customers/{row.customer.reference}/documents/{row.pk}/{part}"


def documents_of(user, customer):
    """The documents of a customer, newest first, or None for whoever may not see them."""
    if not user.has_perm("customers.view_identitydocument"):
        return None
    return IdentityDocument.objects.visible_to(user).for_list().filter(customer=customer).order_by("-id")[:50]


def _document(request, reference, pk, part):
    customer = visible_customer(request, reference)
    row = get_object_or_404(IdentityDocument.objects.visible_to(request.user).for_list(), pk=pk, customer=customer)
    return visible_customer(request, reference, part, row.pk), row


def crumbs_of(customer, row=None):
    home = [
        (_("Customers"), reverse("customers:customer_list")),
        (customer.reference, customer_url(customer)),
        (_("KYC"), customer_url(customer, "kyc/")),
    ]
    return [*home, (row.get_kind_display(), document_url(row))] if row else home


@require_safe
@login_required
@permission_required("customers.view_identitydocument", raise_exception=True)
def document_detail(request, reference, pk):
    customer, row = _document(request, reference, pk, "document")
    return render(
        request,
        "customers/document_detail.html",
        {
            **frame(request, customer, "kyc"),
            "row": row,
            "status": status_pill(row),
            "document_facts": _facts(row),
            "findings": [(services.FINDINGS[code], "red" if code in GRAVE else "amber") for code in row.findings],
            "files": _files(request.user, row),
            "acts": _acts(request.user, row),
        },
    )


def _facts(row):
    return [
        (_("Number"), mask_field("document_number", row.number)),
        (_("Country of issue"), row.country),
        (_("Issuer"), row.issuer),
        (_("Issued on"), day(row.issued_on)),
        (_("Expires on"), day(row.expires_on)),
        (_("Recorded by"), row.added_by),
        (_("Recorded at"), moment(row.added_at)),
        (_("Verified by"), row.verified_by),
        (_("Verified how"), row.get_verified_how_display() if row.verified_how else ""),
        (_("Verified at"), moment(row.verified_at)),
        (_("Why it was refused"), row.refusal),
    ]


def _files(user, row):
    """Copies show everything at once, so only those who verify open them."""
    may = user.has_perm(services.VERIFY)
    return [
        {
            "label": f"{ENDINGS.get(file.media_type, '').upper()}, {number(file.size // 1024 + 1)} KiB",
            "sha256": file.sha256,
            "url": document_url(row, f"files/{file.pk}/") if may else "",
        }
        for file in row.files.order_by("pk")
    ]


def _acts(user, row):
    why_not = None if user.has_perm(services.VERIFY) else _("Compliance and leads of the desk verify documents.")
    if row.status != DocumentStatus.RECEIVED:
        why_not = _("This document was judged already.")
    return [
        Action(_("Verify"), document_url(row, "verify/"), "check", primary=True).unless(why_not),
        Action(_("Refuse"), document_url(row, "refuse/"), "x", tone="red").unless(why_not),
    ]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.add_identitydocument", raise_exception=True)
def document_create(request, reference):
    customer = visible_customer(request, reference, "document" if request.method == "GET" else "")

    def service(cleaned):
        return services.add_document(actor=request.user, customer_id=customer.pk, at=timezone.now(), **cleaned)

    return ask(
        request,
        shapes.DocumentForm(request.POST or None, request.FILES or None),
        title=_("Record an identity document of %(name)s") % {"name": Masked(request.user).name(customer)},
        crumbs=crumbs_of(customer),
        service=service,
        then=customer_url(customer, "kyc/"),
        verb=_("Record document"),
        uploads=True,
    )


ACTS = {
    "verify": (gettext_lazy("Verify"), shapes.VerifyForm, services.verify_document),
    "refuse": (gettext_lazy("Refuse"), shapes.RefuseForm, services.refuse_document),
}


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("customers.verify_identitydocument", raise_exception=True)
def document_act(request, reference, pk, act):
    customer, row = _document(request, reference, pk, "document")
    if act not in ACTS:
        raise Http404
    title, form, judge = ACTS[act]

    def service(cleaned):
        return judge(actor=request.user, document_id=row.pk, at=timezone.now(), **cleaned)

    return ask(
        request,
        form(request.POST) if request.method == "POST" else form(),
        title=title,
        crumbs=crumbs_of(customer, row),
        service=service,
        then=document_url(row),
    )


@require_safe
@login_required
@permission_required("customers.verify_identitydocument", raise_exception=True)
@recently_authenticated
def document_file(request, reference, pk, file):
    """A copy as a download, opened for this answer alone; that it was read stands in the log."""
    customer, row = _document(request, reference, pk, "document_copy")
    kept = get_object_or_404(row.files, pk=file)
    answer = HttpResponse(content_of(kept), content_type=kept.media_type)
    name = f"{customer.reference}-{row.pk}-{kept.pk}.{ENDINGS.get(kept.media_type, 'bin')}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer
