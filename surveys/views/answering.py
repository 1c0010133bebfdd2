"""The public page: whoever holds a link answers here, without signing in, in one of three languages."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from audit.middleware import client_address
from staff.rate_limits import limited
from surveys.models import Response
from surveys.rules.definitions import in_language
from surveys.services.invitations import invitation_of
from surveys.services.responses import refuse_closed, start_by_link
from surveys.views.filling import step_of, take


@require_http_methods(["GET", "POST"])
@limited("survey")
def answer(request, token):
    """Say what it is about, then ask question after question; what is answered is kept at once, and gone on with from
    any device."""
    invitation = invitation_of(token)
    if invitation is None:
        return _closed(
            request, _("This link is not one of ours. Copy it whole from the message, or ask for a new one."), 404
        )
    _speak(request, invitation.language)
    response = Response.objects.filter(invitation=invitation).select_related("version").first()
    if response is not None and response.is_submitted:
        return _thanks(request, response)
    try:
        refuse_closed(invitation, timezone.now())
        if response is None and request.method == "POST":
            _start(request, invitation)
            return redirect("surveys:answer", token)
    except ValidationError as error:
        return _closed(request, " ".join(error.messages), 410)
    if response is None:
        return _intro(request, invitation)
    return _ask(request, response, token)


def _speak(request, language):
    """The reader's own choice of language stands; without one, that of the link."""
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and not request.user.is_authenticated:
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()


def _start(request, invitation):
    who = request.user if request.user.is_authenticated else None
    start_by_link(
        invitation_id=invitation.pk, language=translation.get_language(), address=client_address(request),
        at=timezone.now(), who=who,
    )  # fmt: skip


def _intro(request, invitation):
    definition = invitation.version.definition
    context = {**_words(definition), "invitation": invitation, "n": len(definition.questions)}
    return render(request, "surveys/answer_intro.html", context)


def _words(definition):
    language = translation.get_language()
    return {
        "heading": in_language(definition.title, language),
        "intro": in_language(definition.intro, language),
        "thanks": in_language(definition.thanks, language),
    }


def _ask(request, response, token):
    language = translation.get_language()
    step = take(request, response, language) if request.method == "POST" else step_of(request, response, language)
    if step is None:
        return redirect("surveys:answer", token)
    context = {**_words(response.version.definition), "step": step}
    is_wrong = step.problem or (step.form and step.form.errors)
    return render(request, "surveys/answer_question.html", context, status=422 if is_wrong else 200)


def _thanks(request, response):
    definition, language = response.version.definition, translation.get_language()
    band = next((one for one in definition.bands if one.code == response.band), None)
    context = {
        **_words(definition),
        "response": response,
        "band": band and in_language(band.label, language),
        "band_text": band and in_language(band.text, language),
    }
    return render(request, "surveys/answer_thanks.html", context)


def _closed(request, sentence, status):
    return render(request, "surveys/answer_closed.html", {"sentence": sentence}, status=status)
