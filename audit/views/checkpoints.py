from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit import proof_columns as columns
from audit.downloads import file
from audit.models import AnchorReceipt, Checkpoint, Verification
from audit.sealing_banner import banner
from pages.columns import opens
from pages.keyset import Page, keyset_page

PERMITTED = permission_required("audit.view_event", raise_exception=True)
SIZE = 50
RECEIPT_ENDINGS = {"timestamp": "tsr", "email": "eml", "directory": "txt"}


@require_safe
@login_required
@PERMITTED
def checkpoint_list(request):
    """Signed states of the log, newest first."""
    page, problem = _page(request, Checkpoint.objects.prefetch_related("anchorreceipt_set"), ["-size"])
    newest = Checkpoint.objects.newest_first().values_list("size", flat=True).first()
    context = {
        "columns": columns.checkpoint_columns(),
        "row_url": opens(lambda row: f"{reverse('audit:consistency')}?old={row.size}&new={newest}"),
        "between": reverse("audit:consistency"),
        "newest": newest,
    }
    return _answer(request, "audit/checkpoint_list.html", "checkpoints", page, problem, context)


@require_safe
@login_required
@PERMITTED
def checkpoint_note(request, size):
    """A checkpoint as it was signed, byte by byte."""
    checkpoint = get_object_or_404(Checkpoint, size=size)
    name, kind = f"checkpoint-{size}.txt", "text/plain; charset=utf-8"
    return file(name, checkpoint.note.encode(), kind, action="audit.checkpoint.handed_out")


@require_safe
@login_required
@PERMITTED
def verification_list(request):
    page, problem = _page(request, Verification.objects.defer("findings"), ["-id"])
    context = {
        "columns": columns.verification_columns(),
        "row_url": opens(lambda row: reverse("audit:verification_detail", args=[row.pk])),
    }
    return _answer(request, "audit/verification_list.html", "verifications", page, problem, context)


@require_safe
@login_required
@PERMITTED
def verification_detail(request, pk):
    """What one verification found, row by row: which event, and since when."""
    verification = get_object_or_404(Verification, pk=pk)
    crumbs = [(_("Log"), reverse("audit:event_list")), (_("Verifications"), reverse("audit:verification_list"))]
    context = {
        "verification": verification,
        "crumbs": [*crumbs, (str(verification.pk), "")],
        "columns": columns.finding_columns(),
        "findings": verification.findings,
    }
    return render(request, "audit/verification_detail.html", context)


@require_safe
@login_required
@PERMITTED
def anchor_list(request):
    """Every attempt to leave a checkpoint with somebody else, and what came back."""
    page, problem = _page(request, AnchorReceipt.objects.defer("receipt"), ["-id"])
    context = {"columns": columns.anchor_columns(), "row_url": None}
    return _answer(request, "audit/anchor_list.html", "anchors", page, problem, context)


@require_safe
@login_required
@PERMITTED
def anchor_receipt(request, pk):
    """What a time-stamp server or another place answered, as it came."""
    receipt = get_object_or_404(AnchorReceipt.objects.left(), pk=pk)
    name = f"anchor-{receipt.checkpoint_id}-{receipt.kind}-{receipt.pk}.{RECEIPT_ENDINGS.get(receipt.kind, 'bin')}"
    return file(name, bytes(receipt.receipt), "application/octet-stream", action="audit.anchor.handed_out")


def _page(request, rows, order) -> tuple[Page, str]:
    try:
        return keyset_page(rows, order=order, cursor=request.GET.get("cursor"), size=SIZE), ""
    except ValidationError as error:
        return keyset_page(rows, order=order, size=SIZE), " ".join(error.messages)


def _answer(request, template: str, tab: str, page: Page, problem: str, context: dict):
    return render(request, template, {"tab": tab, "page": page, "problem": problem, "sealing": banner(), **context})
