from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from governance.forms.duties import AssignmentForm
from governance.models import LineAssignment
from governance.services.lines import ASSIGN, crossings, propose_assignment, three_lines
from risk.views.acts import act, ask
from staff.models import ChangeRequest
from staff.views.waiting import say_waiting

SHOWN = 100


@require_safe
@login_required
@permission_required("governance.view_lineassignment", raise_exception=True)
def line_list(request):
    """The three lines with their people and what each owns, and where the lines cross."""
    today, url = timezone.localdate(), reverse("governance:line_assign")
    context = {
        "lines": three_lines(reader=request.user, at=today),
        "crossings": crossings(reader=request.user, at=today),
        "assignments": LineAssignment.objects.visible_to(request.user).for_list().order_by("-from_on", "-pk")[:SHOWN],
        "waiting": ChangeRequest.objects.open().of([ASSIGN]),
        "actions": [
            act(
                request.user, "governance.add_lineassignment", _("Assign a department"), url, "edit", primary=True
            )
        ],
    }  # fmt: skip
    return render(request, "governance/line_list.html", context)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("governance.add_lineassignment", raise_exception=True)
def line_assign(request):
    form = AssignmentForm(request.POST or None, initial={"from_on": timezone.localdate()})
    back = reverse("governance:line_list")
    return ask(
        request,
        form,
        context={
            "here": _("Assign a department"),
            "crumbs": [(_("Three lines"), back), (_("Assign a department"), "")],
        },
        verb=_("Ask for approval"),
        then=back,
        service=lambda: say_waiting(
            request, propose_assignment(actor=request.user, at=timezone.now(), **form.cleaned_data)
        ),
    )
