from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from audit.sealing_banner import banner


@require_safe
@login_required
@permission_required("audit.view_event", raise_exception=True)
def sealing(request):
    """The banner, where it says something else than the reader's stamp; 204 where it does not."""
    said = banner()
    if request.GET.get("since") == said.stamp:
        return HttpResponse(status=204)
    return render(request, "audit/sealing.html", {"sealing": said})
