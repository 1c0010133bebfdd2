from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.services import emit
from identification.filters.self_assessments import SelfAssessmentFilter
from identification.forms.self_assessments import RoundForm, TagsForm
from identification.models import AnswerTag, SelfAssessment
from identification.round_columns import alpha_text, invitee_state, round_columns, round_pill
from identification.services.round_results import responses_of, results_of
from identification.services.self_assessments import close_self_assessment, open_self_assessment, tag_answer
from pages.lists import ListPage, render_list
from risk.models import ProposalSource, RiskClass
from risk.views.acts import act, ask
from risk.views.proposals import proposing
from surveys.rules.definitions import in_language
from surveys.services.invitations import link_of


@require_safe
@login_required
@permission_required("identification.view_selfassessment", raise_exception=True)
def round_list(request):
    seen = SelfAssessment.objects.visible_to(request.user).for_list()
    listing = ListPage(
        request,
        filterset=SelfAssessmentFilter(request.GET, queryset=seen, request=request),
        columns=round_columns(),
        order=["-opened_at", "-id"],
        row_url=round_url,
        all_label=_("All rounds"),
        label=_("Self-assessments"),
        empty=_("No round yet. Publish a questionnaire of this purpose, then ask people with it."),
    )
    url = reverse("identification:round_create")
    actions = [act(request.user, "identification.add_selfassessment", _("Open a round"), url, "plus", primary=True)]
    return render_list(request, "identification/round_list.html", listing, actions=actions)


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.add_selfassessment", raise_exception=True)
def round_create(request):
    form = RoundForm(request.POST or None, user=request.user)
    back = reverse("identification:round_list")
    return ask(
        request,
        form,
        context={"crumbs": [(_("Self-assessments"), back), (_("Open a round"), "")]},
        verb=_("Open a round"),
        then=back,
        service=lambda: open_self_assessment(actor=request.user, at=timezone.now(), **form.as_round()),
        leads=round_url,
    )


@require_safe
@login_required
@permission_required("identification.view_selfassessment", raise_exception=True)
def round_detail(request, reference):
    """Who answered, and what to each question; that answers were read is in the log."""
    assessment = _round(request, reference)
    emit("read", table="identification_selfassessment", pk=assessment.pk, action="identification.answers.opened")
    found = results_of(assessment, get_language() or "en")
    changes = request.user.has_perm("identification.change_selfassessment")
    context = {
        "assessment": assessment,
        "state": round_pill(assessment),
        "crumbs": [(_("Self-assessments"), reverse("identification:round_list")), (assessment.reference, "")],
        "actions": _actions(request.user, assessment),
        "found": found,
        "alpha": alpha_text(found.alpha),
        "questions": [(one, in_language(one.question.text, get_language() or "en")) for one in found.questions],
        "invitees": _invitees(assessment, changes),
        "changes": changes,
        "proposes": request.user.has_perm("risk.add_riskproposal"),
    }
    return render(request, "identification/round_detail.html", context)


def _invitees(assessment, changes):
    """Everybody who is asked, how that stands, and the link of somebody outside for whoever hands it on."""
    at = timezone.now()
    rows = assessment.invitees.select_related("user", "invitation")
    return [
        (one, invitee_state(one, at), link_of(one.invitation) if changes and _to_hand_on(one, at) else "")
        for one in rows
    ]


def _to_hand_on(invitee, at):
    return invitee.user_id is None and invitee.answered_at is None and invitee.invitation.is_open(at)


def _actions(user, assessment):
    closed = "" if assessment.is_open else _("This round is closed.")
    url = reverse("identification:round_close", args=[assessment.reference])
    change = "identification.change_selfassessment"
    return [act(user, change, _("Close the round"), url, "check", post=True, hurdle=closed, primary=True)]


@require_POST
@login_required
@permission_required("identification.change_selfassessment", raise_exception=True)
def round_close(request, reference):
    assessment = _round(request, reference)
    close_self_assessment(actor=request.user, assessment_id=assessment.pk, at=timezone.now())
    return redirect(round_url(assessment))


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.change_selfassessment", raise_exception=True)
def answer_tag(request, reference, pk, question):
    assessment, response, answer = _answer(request, reference, pk, question)
    standing = AnswerTag.objects.filter(response=response, question=question).values_list("tag", flat=True)
    form = TagsForm(request.POST or None, initial={"tags": ", ".join(standing)})
    return ask(
        request,
        form,
        context={"crumbs": [*_crumbs(assessment), (_("Tags"), "")], "about": str(answer.value)},
        verb=_("Tag the answer"),
        then=round_url(assessment),
        service=lambda: tag_answer(
            actor=request.user, response=response, question=question, tags=form.as_tags()
        ),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.view_selfassessment", raise_exception=True)
def answer_propose(request, reference, pk, question):
    """Propose a risk that somebody wrote of in an answer."""
    assessment, response, answer = _answer(request, reference, pk, question)
    text = answer.value if isinstance(answer.value, str) else ""
    return _propose(request, assessment, f"answer:{response.pk}:{question}", {"title": text[:160], "description": text})


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("identification.view_selfassessment", raise_exception=True)
def question_propose(request, reference, question):
    """Propose a risk for what all answers to a question say together."""
    assessment = _round(request, reference)
    asked = assessment.version.definition.question(question)
    if asked is None:
        raise Http404
    words = in_language(asked.text, get_language() or "en")
    return _propose(request, assessment, f"question:{assessment.pk}:{question}", {"description": words})


def _propose(request, assessment, source_key, initial):
    return proposing(
        request,
        source=ProposalSource.QUESTIONNAIRE,
        source_key=source_key,
        source_title=str(assessment),
        url=round_url(assessment),
        line_id=assessment.line_id,
        initial={"risk_class": RiskClass.OPERATIONAL, **initial},
        then=round_url(assessment),
        crumbs=_crumbs(assessment),
    )


def _answer(request, reference, pk, question):
    """A round with one response that was handed in for it and the answer to one question."""
    assessment = _round(request, reference)
    response = get_object_or_404(responses_of(assessment), pk=pk)
    return assessment, response, get_object_or_404(response.answers, question=question)


def _crumbs(assessment):
    return [
        (_("Self-assessments"), reverse("identification:round_list")),
        (assessment.reference, round_url(assessment)),
    ]


def _round(request, reference):
    return get_object_or_404(
        SelfAssessment.objects.visible_to(request.user).for_list(), reference=reference.upper()
    )  # fmt: skip


def round_url(assessment):
    return reverse("identification:round_detail", args=[assessment.reference])
