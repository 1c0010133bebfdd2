from django.contrib.auth.decorators import login_required, permission_required
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from service.models import MessageFile, Ticket


def attachment(kept):
    """Answer with a file of a message as something to keep, never to show: whatever its bytes say, nothing runs."""
    return FileResponse(
        kept.file.open("rb"), as_attachment=True, filename=kept.name, content_type="application/octet-stream",
        headers={"Cache-Control": "no-store, private", "X-Content-Type-Options": "nosniff"},
    )  # fmt: skip


@require_safe
@login_required
@permission_required("service.view_ticket", raise_exception=True)
def message_file(request, pk):
    tickets = Ticket.objects.visible_to(request.user)
    return attachment(get_object_or_404(MessageFile.objects.exclude(file=""), pk=pk, message__ticket__in=tickets))
