from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit.sealing_banner import banner
from operations.services.home import tasks_of
from operations.services.standing import standing_of
from risk.views.proposals import propose_act
from staff.rules.roles import Role


@require_safe
@login_required
@permission_required("operations.view_home", raise_exception=True)
def home(request):
    """What needs doing now, and how things stand, for the roles of whoever asks."""
    now = timezone.now()
    roles = [Role(code).label for code in Role.values if code in request.user.roles]
    return render(request, "operations/home.html", {
        "actions": [propose_act(request.user, reverse("risk:proposal_create"))],
        "tasks": tasks_of(request.user, today=timezone.localdate(now), now=now),
        "goals": standing_of(request.user, today=timezone.localdate(now)),
        "sealing": banner() if request.user.has_perm("audit.view_event") else None,
        "greeting": _("Good day, %(name)s") % {"name": request.user},
        "roles": ", ".join(str(label) for label in roles) or _("No role yet: ask an administrator for one."),
    })  # fmt: skip
