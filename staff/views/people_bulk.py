from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pages.lists import selection
from staff.account_commands import MOST_AT_ONCE
from staff.filters.people import UserFilter
from staff.forms.people import UrgentForm
from staff.models import User
from staff.services.account_changes import propose_deactivation
from staff.views.people import add_errors
from staff.views.waiting import say_waiting


@require_POST
@login_required
@permission_required("staff.change_user", raise_exception=True)
def user_deactivate_many(request: HttpRequest) -> HttpResponse:
    """Show whom a selection would end, then ask for all of it by one request."""
    try:
        chosen = selection(request, UserFilter, User.objects.visible_to(request.user).active()).for_list()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("staff:user_list")
    people = list(chosen[: MOST_AT_ONCE + 1])
    if not 1 <= len(people) <= MOST_AT_ONCE:
        messages.error(request, _("Choose 1 to %(n)d people.") % {"n": MOST_AT_ONCE})
        return redirect("staff:user_list")
    form = UrgentForm(request.POST if "reason" in request.POST else None)
    if form.is_valid():
        try:
            ids = [person.pk for person in people]
            change = propose_deactivation(actor=request.user, user_ids=ids, at=timezone.now(), **form.cleaned_data)
            return redirect("staff:change_detail", pk=say_waiting(request, change).pk)
        except ValidationError as error:
            add_errors(form, error)
    context = {"form": form, "people": people}
    return render(request, "staff/user_deactivate_many.html", context, status=422 if form.errors else 200)
