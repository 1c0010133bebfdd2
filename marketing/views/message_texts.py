"""Writing a message in a language, and how it looks."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from customers.models import Customer
from marketing.forms.messages import LANGUAGES, TestMailForm, TextForm
from marketing.services.contents import message_url, remove_text, write_text
from marketing.services.rendering import prepare
from marketing.services.test_mails import send_test_mail
from marketing.services.variables import FROM_ELSEWHERE, samples, values_of
from marketing.views.messages import crumbs_of, visible_message
from risk.views.acts import ask, attempt
from staff.rate_limits import limited

PREVIEW_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.change_message", raise_exception=True)
def text_write(request, code, language):
    message = visible_message(request, code)
    if language not in LANGUAGES:
        raise Http404
    kept = message.texts.filter(language=language).first()
    form = TextForm(request.POST or None, message=message, text=kept)
    shown = f"{message_url(message)}?lang={language}"
    return ask(
        request,
        form,
        context={
            "crumbs": crumbs_of(message, LANGUAGES[language]),
            "message": message,
            "language": language,
            "here": LANGUAGES[language],
        },
        verb=_("Save the text"),
        template="marketing/text_write.html",
        then=shown,
        service=lambda: write_text(
            actor=request.user, message_id=message.pk, language=language, at=timezone.now(), **form.cleaned_data
        ),
    )


@require_safe
@login_required
@permission_required("marketing.view_message", raise_exception=True)
def message_preview(request, code, language):
    """How a message looks: with sample values, or as a customer would get it, what is personal masked. A page of its own
    that can do nothing: no script, nothing from elsewhere."""
    message = visible_message(request, code)
    if language not in {one.language for one in message.texts.all()}:
        raise Http404
    prepared = prepare(message)
    customer = Customer.objects.visible_to(request.user).filter(reference=request.GET.get("as", "").upper()).first()
    values = samples()
    if customer is not None:
        own = values_of([customer.pk], prepared.names, masked=True)[customer.pk]
        values = {**{name: values[name] for name in FROM_ELSEWHERE}, **own}
    return shown_alone(message, prepared.render(language, values, token="0" * 32))


def shown_alone(message, shown):
    """A page of its own that can do nothing: no script, nothing from elsewhere, framed by our own pages alone."""
    if message.is_mail:
        answer = HttpResponse(shown.html)
    else:
        answer = HttpResponse(f"{shown.subject}\n\n{shown.text}".strip(), content_type="text/plain; charset=utf-8")
    answer["Content-Security-Policy"] = PREVIEW_POLICY
    answer["X-Frame-Options"] = "SAMEORIGIN"
    answer["Cache-Control"] = "no-store"
    answer._csp_exempt = True  # this page has a stricter policy of its own
    return answer


@require_POST
@login_required
@permission_required("marketing.change_message", raise_exception=True)
def text_remove(request, code, language):
    message = visible_message(request, code)
    remove = lambda: remove_text(  # noqa: E731
        actor=request.user, message_id=message.pk, language=language, at=timezone.now()
    )
    attempt(request, remove)
    return redirect(message_url(message))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("marketing.change_message", raise_exception=True)
@limited("test_mail", when=lambda request: request.method == "POST")
def test_mail(request, code, language):
    """Send the message to oneself."""
    message = visible_message(request, code)
    form = TestMailForm(request.POST or None)
    to = {"address": request.user.email}

    def send():
        send_test_mail(actor=request.user, message_id=message.pk, language=language, **form.cleaned_data)
        messages.success(request, _("It is on its way to %(address)s.") % to)

    return ask(
        request, form,
        context={
            "crumbs": crumbs_of(message, _("Send me a test")),
            "about": _("To %(address)s, with samples for its variables; nothing is tracked.") % to,
        },
        verb=_("Send me a test"), then=f"{message_url(message)}?lang={language}", service=send,
    )  # fmt: skip
