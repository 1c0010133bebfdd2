from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from customers.filters.privacy import RevealFilter
from customers.models import Reveal
from customers.services.reveals import OverQuota, reveal_field, tell_of_quota
from customers.views.frame import customer_url, visible_customer
from pages.lists import Column, ListPage, render_list
from pages.templatetags.pages import moment
from staff.rate_limits import limited
from staff.reauth import recently_authenticated

COLUMNS = (
    Column("at", _("At"), lambda row: moment(row.at), sort="at"),
    Column("by", _("Person"), lambda row: row.by),
    Column("customer", _("Customer no."), lambda row: row.customer.reference, mono=True, link=True),
    Column("field", _("Field"), lambda row: row.get_field_display()),
    Column("reason_kind", _("Reason"), lambda row: row.get_reason_kind_display()),
    Column("reason", _("In words"), lambda row: row.reason),
)


@require_safe
@login_required
@permission_required("customers.view_reveal", raise_exception=True)
def reveal_list(request):
    """Who was shown what in clear, and why: newest first."""
    seen = Reveal.objects.visible_to(request.user).for_list()
    listing = ListPage(
        request,
        filterset=RevealFilter(request.GET, queryset=seen, request=request),
        columns=COLUMNS,
        order=["-at", "-id"],
        row_url=lambda row: customer_url(row.customer),
        search_field="",
        label=_("Reveals"),
        empty=_("Nobody has been shown a personal value in clear yet."),
    )
    return render_list(request, "customers/reveal_list.html", listing)


@require_POST
@login_required
@permission_required("customers.reveal_field", raise_exception=True)
@limited("reveal")
@recently_authenticated
def customer_reveal(request, reference, field):
    """Answer one personal value of a customer as plain text, for the eye beside it."""
    return _answer(request, visible_customer(request, reference), field)


@require_POST
@login_required
@permission_required("customers.reveal_field", raise_exception=True)
@limited("reveal")
@recently_authenticated
def card_reveal(request, reference, pk):
    customer = visible_customer(request, reference)
    holding = get_object_or_404(customer.holdings.visible_to(request.user), pk=pk)
    return _answer(request, customer, "card_number", holding_id=holding.pk)


def _answer(request, customer, field, **subject):
    """200 with the value and how long it may stand; 422, 403 or 429 with a sentence."""
    now = timezone.now()
    try:
        shown = reveal_field(
            actor=request.user,
            customer_id=customer.pk,
            field=field,
            reason_kind=request.POST.get("reason_kind", ""),
            reason=request.POST.get("reason", ""),
            at=now,
            **subject,
        )
    except OverQuota as error:
        tell_of_quota(actor=request.user, customer=customer, field=field, at=now)
        return _sentence(" ".join(error.messages), 429)
    except ValidationError as error:
        return _sentence(" ".join(error.messages), 422)
    except PermissionDenied as error:
        return _sentence(str(error), 403)
    return _sentence(shown.value, 200, {"X-Reveal-Seconds": str(shown.seconds)})


def _sentence(text, status, headers=None):
    headers = {"Cache-Control": "no-store", **(headers or {})}
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8", headers=headers)
