from django.contrib.auth.decorators import login_required, permission_required
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pages.lists import ListPage, render_list
from risk.filters.appetite import AppetiteFilter, BreachFilter
from risk.forms.scales import AppetiteForm
from risk.models import AppetiteBreach, AppetiteStatement
from risk.scales_columns import appetite_columns, breach_columns
from risk.services.appetite import propose_statement
from risk.views.acts import act, ask
from staff.models import ChangeRequest
from staff.views.waiting import say_waiting


@require_safe
@login_required
@permission_required("risk.view_appetitestatement", raise_exception=True)
def appetite_list(request):
    """All statements with their revisions, newest first within class, line and unit."""
    seen = AppetiteStatement.objects.visible_to(request.user).for_list()
    listing = ListPage(
        request,
        filterset=AppetiteFilter(request.GET, queryset=seen, request=request),
        columns=appetite_columns(),
        order=["risk_class", "-valid_from"],
        row_url=lambda row: f"/risk/appetite/new/?like={row.pk}",
        all_label=_("All statements"),
        label=_("Appetite statements"),
        empty=_("Nobody has said yet how much risk is taken."),
    )
    url = reverse("risk:appetite_revise")
    actions = [
        act(request.user, "risk.add_appetitestatement", _("Revise the appetite"), url, "edit", primary=True),
        act(request.user, "risk.view_risk", _("Outside appetite"), reverse("risk:outside_appetite"), "alert-triangle"),
    ]
    waiting = ChangeRequest.objects.open().filter(command="risk.appetite.revise")
    return render_list(request, "risk/appetite_list.html", listing, actions=actions, waiting=waiting)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("risk.add_appetitestatement", raise_exception=True)
def appetite_revise(request):
    """Write a revision, beginning with the statement that was opened; it waits for somebody else's approval."""
    like = request.GET.get("like", "")
    seen = AppetiteStatement.objects.visible_to(request.user)
    older = seen.filter(pk=int(like)).first() if like.isdecimal() and len(like) < 12 else None
    first = {name: getattr(older, name) for name in AppetiteForm._meta.fields if name != "valid_from"} if older else {}
    form = AppetiteForm(request.POST or None, user=request.user, initial=first)
    return ask(
        request,
        form,
        then=reverse("risk:appetite_list"),
        verb=_("Ask for approval"),
        context={"here": _("Revise the appetite")},
        service=lambda: say_waiting(
            request, propose_statement(actor=request.user, at=timezone.now(), **form.as_revision())
        ),
    )


@require_safe
@login_required
@permission_required("risk.view_risk", raise_exception=True)
def outside_appetite(request):
    """Open risks whose residual level is graver than what is taken, longest first."""
    listing = ListPage(
        request,
        filterset=BreachFilter(
            request.GET, queryset=AppetiteBreach.objects.open().visible_to(request.user).for_list(), request=request
        ),
        columns=breach_columns(),
        order=["opened_on"],
        row_url=lambda row: f"/risk/register/{row.risk.reference}/",
        all_label=_("All risks outside"),
        label=_("Outside appetite"),
        empty=_("No risk stands above the appetite, as of the last night."),
    )
    return render_list(request, "risk/outside_appetite.html", listing)
