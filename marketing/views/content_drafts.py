"""What is being written, as it would look: drafts live a few minutes, in the cache, for whoever writes them."""

import secrets

from django.contrib.auth.decorators import login_required, permission_required
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from customers.services.suitability_rules import company_day
from marketing.forms.messages import LANGUAGES, TextForm
from marketing.models import Disclosure, Message, MessageText
from marketing.services.content_checks import findings_in
from marketing.services.contents import insert_disclosure, message_url
from marketing.services.rendering import prepared_of
from marketing.services.variables import samples
from marketing.views.message_texts import shown_alone
from marketing.views.messages import visible_message
from risk.views.acts import attempt

A_WHILE = 15 * 60
KIND = "marketing:draft"


@require_POST
@login_required
@permission_required("marketing.change_message", raise_exception=True)
def text_draft(request, code, language):
    """What the checks say of words that are not saved yet, and a frame that shows them."""
    message = _written_message(request, code, language)
    form = TextForm(request.POST, message=message)
    form.is_valid()  # what is missing is what the checks say
    said = {name: form.cleaned_data.get(name, "") for name in ("subject", "preheader", "body")}
    text = MessageText(message=message, language=language, **said)
    found = [one for one in findings_in(message, [text], company_day(timezone.now())) if one.kind != "language"]
    key = secrets.token_urlsafe(16)
    cache.set(_place(request.user, key), [message.pk, said], A_WHILE)
    context = {"message": message, "language": language, "findings": found, "key": key, "says": bool(said["body"])}
    return render(request, "marketing/text_draft.html", context)


@require_safe
@login_required
@permission_required("marketing.change_message", raise_exception=True)
def draft_preview(request, code, language, key):
    """A draft as it would look, in a page that can do nothing; only for whoever writes it."""
    message = _written_message(request, code, language)
    kept = cache.get(_place(request.user, key))
    if kept is None or kept[0] != message.pk:
        return HttpResponse(_("This draft is gone: write on, and it is shown anew."), content_type="text/plain")
    text = MessageText(message=message, language=language, **kept[1])
    try:
        shown = prepared_of(message, [text]).render(language, samples(), token="0" * 32)
    except ValidationError as error:
        return HttpResponse(" ".join(error.messages), content_type="text/plain; charset=utf-8")
    return shown_alone(message, shown)


def _place(user, key):
    return f"{KIND}:{user.pk}:{key[:64]}"


def _written_message(request, code, language) -> Message:
    if language not in LANGUAGES:
        raise Http404
    return visible_message(request, code)


@require_POST
@login_required
@permission_required("marketing.change_message", raise_exception=True)
def disclosure_insert(request, code, pk):
    """Put a disclosure that is missing into the text of its language."""
    message = visible_message(request, code)
    rule = get_object_or_404(Disclosure.objects.visible_to(request.user), pk=pk)
    insert = lambda: insert_disclosure(  # noqa: E731
        actor=request.user, message_id=message.pk, disclosure_id=rule.pk, at=timezone.now()
    )
    attempt(request, insert, _("The disclosure stands in the text now."))
    return redirect(f"{message_url(message)}?lang={rule.language}")
