"""The public page of one question: whoever holds the link answers, without signing in."""

from django.conf import settings
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods

from service.forms.desk import RatingForm
from service.services.ratings import rate_ticket, ticket_of_token
from staff.rate_limits import limited


@require_http_methods(["GET", "POST"])
@limited("rating")
def rate(request, token):
    """Ask how the concern was looked after. Opening the page keeps nothing: programs open links in mails too."""
    ticket = ticket_of_token(token)
    if ticket is None:
        return render(request, "service/rate.html", {"is_gone": True}, status=404)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and not request.user.is_authenticated and ticket.language:
        translation.activate(ticket.language)
        request.LANGUAGE_CODE = translation.get_language()
    form = RatingForm(request.POST or None)
    if form.is_valid():
        rate_ticket(ticket_id=ticket.pk, at=timezone.now(), **form.cleaned_data)
        return render(request, "service/rate.html", {"is_done": True})
    return render(request, "service/rate.html", {"form": form, "ticket": ticket}, status=422 if form.errors else 200)
