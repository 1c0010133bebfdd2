from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from risk.threads import thread_of
from risk.views.frame import frame, visible_risk


@require_safe
@login_required
@permission_required("risk.view_risk", raise_exception=True)
def risk_thread(request, reference):
    """What happened because of a risk, each thing under what led to it."""
    risk = visible_risk(request, reference)
    context = frame(request, risk, "thread") | {"thread": thread_of(request.user, risk)}
    return render(request, "risk/risk_thread.html", context)
