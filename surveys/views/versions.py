"""A version of a questionnaire: what it asks, whether it can be published, and how it is changed while it is a draft."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pages.actions import Action
from pages.formats import day
from pages.forms import form_helper
from staff.models import ChangeRequest
from staff.views.waiting import say_waiting
from surveys.forms.questionnaires import BandsForm, QuestionForm, TextsForm
from surveys.models import Questionnaire, QuestionnaireVersion
from surveys.rules.conditions import write_condition
from surveys.rules.definitions import in_language
from surveys.rules.problems import problems_of
from surveys.rules.scoring import least_and_most
from surveys.services.editing import move_question, remove_question, write_bands, write_question, write_texts
from surveys.services.questionnaires import propose_publishing
from surveys.views.questionnaires import why_not_write

DIRECTIONS = {"up": -1, "down": 1}


def visible_version(request, pk):
    seen = QuestionnaireVersion.objects.filter(questionnaire__in=Questionnaire.objects.visible_to(request.user))
    return get_object_or_404(seen.select_related("questionnaire", "published_by"), pk=pk)


def crumbs(version, *more):
    questionnaire = version.questionnaire
    return [
        (_("Questionnaires"), reverse("surveys:questionnaire_list")),
        (questionnaire.name, reverse("surveys:questionnaire_detail", args=[questionnaire.code])),
        (f"v{version.number}", reverse("surveys:version_detail", args=[version.pk]) if more else ""),
        *[(title, "") for title in more],
    ]


@require_safe
@login_required
@permission_required("surveys.view_questionnaire", raise_exception=True)
def version_detail(request, pk):
    version = visible_version(request, pk)
    definition, may_write = version.definition, why_not_write(request.user) is None
    published = _("published on %(day)s") % {"day": day(version.published_at)} if version.published_at else ""
    language = get_language() or "en"
    return render(
        request,
        "surveys/version_detail.html",
        {
            "version": version,
            "title": _("%(name)s, version %(n)s") % {"name": version.questionnaire, "n": version.number},
            "pills": [(version.get_state_display(), "amber" if version.is_draft else "green")],
            "facts": [version.title, published or _("draft: not in force")],
            "crumbs": crumbs(version),
            "questions": [shown_question(question, language) for question in definition.questions],
            "bands": [(band, in_language(band.label, language)) for band in definition.bands],
            "rules": [(one.band, write_condition(one.condition)[0]) for one in definition.overrides],
            "score": least_and_most(definition),
            "texts": _texts(version, language),
            "problems": problems_of(definition) if version.is_draft else [],
            "may_write": may_write and version.is_draft,
            "actions": _actions(request.user, version),
            "waiting": ChangeRequest.objects.open().about("surveys_questionnaireversion", version.pk),
        },
    )


def shown_question(question, language):
    """A question as pages of the editor show it: what is asked, of whom, and what each answer is worth."""
    lines, joined = write_condition(question.shown_if)
    return {
        "question": question,
        "text": in_language(question.text, language),
        "help": in_language(question.help, language),
        "options": [(option, in_language(option.text, language)) for option in question.options],
        "condition": lines.replace("\n", f" {_('and') if joined == 'all' else _('or')} "),
        "kind": dict(QuestionForm.base_fields["kind"].choices)[question.kind],
    }


def _texts(version, language):
    definition = version.definition
    return [
        (_("Title"), in_language(definition.title, language)),
        (_("Introduction"), in_language(definition.intro, language)),
        (_("Thanks"), in_language(definition.thanks, language)),
        (_("SHA-256"), version.sha256),
    ]


def _actions(user, version):
    preview = Action(_("Preview"), reverse("surveys:version_preview", args=[version.pk]), "eye")
    if not version.is_draft:
        return [preview]
    why_not = why_not_write(user)
    publish = None if user.has_perm("surveys.publish_questionnaireversion") else _("Product and compliance publish.")
    if problems_of(version.definition):
        publish = publish or _("Something is still wrong with it: see above the questions.")
    return [
        preview,
        Action(_("Texts"), reverse("surveys:version_texts", args=[version.pk]), "language").unless(why_not),
        Action(_("Bands"), reverse("surveys:version_bands", args=[version.pk]), "scale").unless(why_not),
        Action(_("Add question"), reverse("surveys:question_add", args=[version.pk]), "plus").unless(why_not),
        Action(_("Publish…"), dialog="publish-version", icon="send", primary=True).unless(publish),
    ]


def ask(request, version, form, title, service, verb="", draft=""):
    """Show a form of the editor; where it is valid, call `service` and go back to the version."""
    back = reverse("surveys:version_detail", args=[version.pk])
    form.helper = form_helper(form, verb or _("Save draft"), cancel_url=back)
    if request.method == "POST" and form.is_valid():
        try:
            service()
            return redirect(back)
        except ValidationError as error:
            _add_errors(form, error)
    context = {"form": form, "title": title, "crumbs": crumbs(version, title), "draft": draft}
    return render(request, "surveys/form.html", context, status=422 if form.errors else 200)


def _add_errors(form, error):
    if not hasattr(error, "error_dict"):
        return form.add_error(None, error)
    for field, errors in error.error_dict.items():
        form.add_error(field if field in form.fields else None, errors)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("surveys.change_questionnaire", raise_exception=True)
def version_texts(request, pk):
    version = visible_version(request, pk)
    form = TextsForm(request.POST or None, initial=TextsForm.of(version.definition))

    def service():
        return write_texts(actor=request.user, version_id=version.pk, **form.document)

    return ask(request, version, form, _("Texts"), service, draft="questionnaire-texts")


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("surveys.change_questionnaire", raise_exception=True)
def version_bands(request, pk):
    version = visible_version(request, pk)
    form = BandsForm(request.POST or None, initial=BandsForm.of(version.definition))

    def service():
        return write_bands(actor=request.user, version_id=version.pk, **form.cleaned_data)

    return ask(request, version, form, _("Bands"), service, draft="questionnaire-bands")


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("surveys.change_questionnaire", raise_exception=True)
def question_add(request, pk):
    return _question(request, visible_version(request, pk), "")


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("surveys.change_questionnaire", raise_exception=True)
def question_edit(request, pk, key):
    return _question(request, visible_version(request, pk), key)


def _question(request, version, key):
    known = version.definition.question(key) if key else None
    if key and known is None:
        raise Http404
    first = {"required": True, "kind": "single", "counts": "sum", "joined": "all"}
    form = QuestionForm(request.POST or None, initial=QuestionForm.of(known) if known else first)

    def service():
        return write_question(actor=request.user, version_id=version.pk, key=key, question=form.document)

    title = _("Question %(key)s") % {"key": key} if key else _("New question")
    return ask(request, version, form, title, service, draft="question")


@require_POST
@login_required
@permission_required("surveys.change_questionnaire", raise_exception=True)
def question_move(request, pk, key):
    version = visible_version(request, pk)
    by = DIRECTIONS.get(request.POST.get("to", ""), 0)
    return _done(request, version, lambda: move_question(actor=request.user, version_id=pk, key=key, by=by))


@require_POST
@login_required
@permission_required("surveys.change_questionnaire", raise_exception=True)
def question_remove(request, pk, key):
    version = visible_version(request, pk)
    return _done(request, version, lambda: remove_question(actor=request.user, version_id=pk, key=key))


@require_POST
@login_required
@permission_required("surveys.publish_questionnaireversion", raise_exception=True)
def version_publish(request, pk):
    version = visible_version(request, pk)

    def service():
        reason = request.POST.get("reason", "")
        made = propose_publishing(actor=request.user, version_id=pk, reason=reason, at=timezone.now())
        say_waiting(request, made)

    return _done(request, version, service)


def _done(request, version, service):
    try:
        service()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("surveys:version_detail", version.pk)
