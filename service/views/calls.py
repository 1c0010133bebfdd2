from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers.views.asking import add_errors
from pages.forms import form_helper
from service.forms.calls import CallForm
from service.services.calls import log_call
from service.views.page import ticket_url


@require_http_methods(["GET", "POST"])
@login_required
@permission_required(["service.add_ticket", "customers.log_contact"], raise_exception=True)
def call_log(request):
    """The form of a call, beside the customer's page or the list; it names its address, for it may be shown in either."""
    customer = request.GET.get("customer", "")
    form = CallForm(request.POST or None, user=request.user, initial={"customer": customer})
    form.helper = form_helper(form, _("Log call"), cancel_url=f"/customers/{customer}/" if customer else "")
    form.helper.form_action = request.get_full_path()
    if request.method == "POST" and form.is_valid():
        try:
            call = log_call(actor=request.user, at=timezone.now(), **form.asked())
            link = format_html('<a href="{}">{}</a>', ticket_url(call.ticket), call.ticket)
            messages.success(request, format_html("{} {}", _("Call logged."), link))
            return redirect(f"/customers/{call.contact.customer.reference}/")
        except ValidationError as error:
            add_errors(form, error)
    crumbs = [(_("Tickets"), reverse("service:ticket_list")), (_("Log call"), "")]
    context = {"form": form, "title": _("Log call"), "crumbs": crumbs, "draft": "call"}
    return render(request, "service/form.html", context, status=422 if form.errors else 200)
