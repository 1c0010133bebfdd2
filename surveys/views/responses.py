from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pages.columns import Column
from pages.formats import duration, number
from pages.lists import ListPage, render_list
from pages.templatetags.pages import moment
from surveys.columns import Subjects, response_columns, subjects_of, took
from surveys.filters.questionnaires import ResponseFilter
from surveys.models import Channel, Invitation, Response
from surveys.purposes import purpose_named
from surveys.rules.branching import shown_questions
from surveys.rules.definitions import in_language
from surveys.rules.scoring import points_of
from surveys.services.invitations import revoke
from surveys.services.responses import answers_of
from surveys.signs import sentence_of
from surveys.views.filling import in_words, step_of, take


class ResponseList(ListPage):
    """A list whose rows are told who answers, in one query a purpose."""

    def __init__(self, *args, subjects, **kwargs):
        super().__init__(*args, **kwargs)
        subjects.learn(list(self.page.rows))


@require_safe
@login_required
@permission_required("surveys.view_response", raise_exception=True)
def response_list(request):
    subjects = Subjects()
    listing = ResponseList(
        request,
        subjects=subjects,
        filterset=ResponseFilter(
            request.GET, queryset=Response.objects.visible_to(request.user).for_list(), request=request
        ),
        columns=response_columns(subjects),
        order=["-started_at"],
        row_url=lambda row: f"/surveys/responses/{row.pk}/",
        search_field="",
        label=_("Responses"),
        empty=_("Nobody has answered yet."),
    )
    return render_list(request, "surveys/response_list.html", listing)


def visible_response(request, pk):
    seen = Response.objects.visible_to(request.user).select_related("version__questionnaire", "filled_by", "invitation")
    return get_object_or_404(seen, pk=pk)


@require_safe
@login_required
@permission_required("surveys.view_response", raise_exception=True)
def response_detail(request, pk):
    """The evidence: what was asked in which words, what was answered when, by what way, and what looks odd."""
    response = visible_response(request, pk)
    purpose_named(response.purpose).opened(response.subject, f"survey {response.pk}")
    name, url = subjects_of([response]).get(response.purpose, {}).get(response.subject, ("–", ""))
    return render(
        request,
        "surveys/response_detail.html",
        {
            "response": response,
            "title": _("Response %(n)s") % {"n": response.pk},
            "pills": [(_("submitted"), "green") if response.is_submitted else (_("in progress"), "amber")],
            "facts": [name, response.version.questionnaire.name, f"v{response.version.number}"],
            "crumbs": [(_("Responses"), reverse("surveys:response_list")), (str(response.pk), "")],
            "subject_url": url,
            "subject": name,
            "answers": _answers(response),
            "columns": ANSWER_COLUMNS,
            "proof": _proof(response),
            "signs": [sentence_of(sign) for sign in response.signs],
        },
    )


ANSWER_COLUMNS = (
    Column("question", gettext_lazy("Question"), lambda row: row["text"], card="wide", wrap=True),
    Column("answer", gettext_lazy("Answer"), lambda row: row["answer"], card="wide", wrap=True),
    Column("points", gettext_lazy("Points"), lambda row: number(row["points"]), numeric=True),
    Column("seconds", gettext_lazy("Took"), lambda row: duration(row["seconds"]), numeric=True),
    Column("changes", gettext_lazy("Changes"), lambda row: number(row["changes"]), numeric=True),
    Column("language", gettext_lazy("Language"), lambda row: row["language"]),
)


def _answers(response):
    definition, language = response.version.definition, get_language() or "en"
    given = {one.question: one for one in response.answers.all()}
    rows = []
    for question in shown_questions(definition.questions, answers_of(response)):
        one = given.get(question.key)
        rows.append(
            {
                "text": in_language(question.text, language),
                "answer": in_words(question, one and one.value, language),
                "points": points_of(question, one and one.value),
                "seconds": one and one.seconds,
                "changes": one.changes if one else None,
                "language": one.language if one else "–",
            }
        )
    return rows


def _proof(response):
    return [
        (_("Channel"), response.get_channel_display()),
        (_("Filled in by"), response.filled_by or _("The person themselves")),
        (_("Language"), response.language),
        (_("Started"), moment(response.started_at)),
        (_("Submitted"), moment(response.submitted_at) if response.submitted_at else None),
        (_("Took"), took(response)),
        (_("Score"), number(response.score)),
        (_("Band"), response.band),
        (_("Version, hashed"), response.version.sha256[:16]),
        (_("Texts shown, hashed"), response.texts_sha256[:16]),
        (_("Answers, hashed"), response.answers_sha256[:16]),
        (_("Address, hashed"), response.address_hash[:16]),
    ]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("surveys.fill_response", raise_exception=True)
def response_fill(request, pk):
    """Fill in for somebody on the telephone, in their language; each answer is kept at once."""
    response = visible_response(request, pk)
    if response.channel != Channel.STAFF or response.filled_by_id != request.user.pk:
        raise PermissionDenied(_("Only whoever began to fill this in goes on with it."))
    if response.is_submitted:
        return redirect("surveys:response_detail", pk)
    if request.method == "GET":
        purpose_named(response.purpose).opened(response.subject, f"survey {response.pk}")
        step = step_of(request, response, response.language)
    else:
        step = take(request, response, response.language)
    if step is None:
        return redirect("surveys:response_fill", pk)
    name, url = subjects_of([response]).get(response.purpose, {}).get(response.subject, ("–", ""))
    context = {
        "step": step,
        "title": _("Fill in for %(name)s") % {"name": name},
        "heading": in_language(response.version.definition.title, response.language),
        "intro": in_language(response.version.definition.intro, response.language),
        "crumbs": [(_("Responses"), reverse("surveys:response_list")), (str(pk), "")],
    }
    is_wrong = step.problem or (step.form and step.form.errors)
    return render(request, "surveys/response_fill.html", context, status=422 if is_wrong else 200)


@require_POST
@login_required
@permission_required("surveys.fill_response", raise_exception=True)
def invitation_revoke(request, pk):
    invitation = get_object_or_404(Invitation.objects.visible_to(request.user), pk=pk)
    revoke(actor=request.user, invitation_id=invitation.pk, at=timezone.now())
    name, url = subjects_of([invitation]).get(invitation.purpose, {}).get(invitation.subject, ("", ""))
    return redirect(url or "surveys:response_list")
