"""A version tried out: every question that the answers so far lead to, and what they are worth. Nothing is kept."""

from django import forms
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from surveys.forms.answers import field_of, kept
from surveys.forms.questionnaires import NAMES
from surveys.rules.branching import shown_questions
from surveys.rules.definitions import LANGUAGES, in_language
from surveys.rules.scoring import band_of, score_of
from surveys.views.versions import crumbs, visible_version


@require_safe
@login_required
@permission_required("surveys.view_questionnaire", raise_exception=True)
def version_preview(request, pk):
    version = visible_version(request, pk)
    asked = request.GET.get("language", "")
    language = asked if asked in LANGUAGES else get_language() or "en"
    answers = _answers(version.definition, request.GET, language)
    shown = shown_questions(version.definition.questions, answers)
    band = band_of(version.definition, answers)
    return render(
        request,
        "surveys/version_preview.html",
        {
            "version": version,
            "title": _("Preview"),
            "crumbs": crumbs(version, _("Preview")),
            "language": language,
            "languages": NAMES.items(),
            "heading": in_language(version.definition.title, language),
            "intro": in_language(version.definition.intro, language),
            "form": _form(shown, language, request.GET),
            "shown": len(shown),
            "of": len(version.definition.questions),
            "score": score_of(version.definition, answers),
            "band": band and in_language(band.label, language),
            "is_scored": version.definition.is_scored,
        },
    )


def _form(questions, language, given):
    form = forms.Form(given if given else None)
    form.fields = {question.key: _optional(field_of(question, language)) for question in questions}
    return form


def _optional(field):
    field.required = False
    return field


def _answers(definition, given, language):
    """What was tried, where it is an answer at all."""
    found = {}
    for question in definition.questions:
        field = _optional(field_of(question, language))
        raw = field.widget.value_from_datadict(given, {}, question.key)
        try:
            found[question.key] = kept(question, field.clean(raw))
        except ValidationError:
            continue
    return {key: value for key, value in found.items() if value is not None}
