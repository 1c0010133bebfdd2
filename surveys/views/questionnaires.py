from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pages.actions import Action
from pages.columns import opens
from pages.forms import form_helper
from pages.lists import ListPage, render_list
from surveys.columns import QUESTIONNAIRE_COLUMNS, VERSION_COLUMNS
from surveys.filters.questionnaires import QuestionnaireFilter
from surveys.forms.questionnaires import QuestionnaireForm
from surveys.models import Questionnaire
from surveys.services.questionnaires import create_questionnaire, start_version


def why_not_write(user):
    return None if user.has_perm("surveys.change_questionnaire") else _("Product and compliance write questionnaires.")


@require_safe
@login_required
@permission_required("surveys.view_questionnaire", raise_exception=True)
def questionnaire_list(request):
    listing = ListPage(
        request,
        filterset=QuestionnaireFilter(
            request.GET, queryset=Questionnaire.objects.visible_to(request.user).for_list(), request=request
        ),
        columns=QUESTIONNAIRE_COLUMNS,
        order=["name"],
        row_url=lambda row: f"/surveys/{row.code}/",
        label=_("Questionnaires"),
        empty=_("No questionnaire is written yet."),
    )
    sees = None if request.user.has_perm("surveys.view_response") else _("The desk and control see responses.")
    actions = [
        Action(_("Responses"), reverse("surveys:response_list"), "list-check").unless(sees),
        Action(_("New questionnaire"), reverse("surveys:questionnaire_create"), "plus", primary=True).unless(
            why_not_write(request.user)
        ),
    ]
    return render_list(request, "surveys/questionnaire_list.html", listing, actions=actions)


def visible_questionnaire(request, code):
    return get_object_or_404(Questionnaire.objects.visible_to(request.user).for_list(), code=code)


@require_safe
@login_required
@permission_required("surveys.view_questionnaire", raise_exception=True)
def questionnaire_detail(request, code):
    questionnaire = visible_questionnaire(request, code)
    versions = questionnaire.versions.select_related("published_by", "created_by").defer("document")
    versions = versions.annotate(n_responses=Count("responses"))
    draft = next((version for version in versions if version.is_draft), None)
    in_force = questionnaire.version
    return render(
        request,
        "surveys/questionnaire_detail.html",
        {
            "questionnaire": questionnaire,
            "versions": versions,
            "columns": VERSION_COLUMNS,
            "version_url": opens(lambda version: f"/surveys/versions/{version.pk}/"),
            "pills": [
                (_("v%(n)d in force") % {"n": in_force.number}, "green") if in_force else (_("not published"), "amber")
            ],
            "facts": [questionnaire.code, questionnaire.purpose_label, str(questionnaire.owner or "–")],
            "crumbs": [(_("Questionnaires"), reverse("surveys:questionnaire_list")), (questionnaire.name, "")],
            "actions": _actions(request.user, questionnaire, draft),
        },
    )


def _actions(user, questionnaire, draft):
    responses = reverse("surveys:response_list") + f"?questionnaire={questionnaire.code}"
    sees = None if user.has_perm("surveys.view_response") else _("The desk and control see responses.")
    return [
        Action(_("Responses"), responses, "list-check").unless(sees),
        Action(
            _("Go on with draft v%(n)d") % {"n": draft.number},
            reverse("surveys:version_detail", args=[draft.pk]),
            "edit",
            primary=True,
        )
        if draft
        else Action(
            _("New version"),
            reverse("surveys:version_start", args=[questionnaire.code]),
            "copy",
            primary=True,
            post=True,
        ).unless(why_not_write(user)),
    ]


@require_http_methods(["GET", "POST"])
@login_required
@permission_required("surveys.add_questionnaire", raise_exception=True)
def questionnaire_create(request):
    form = QuestionnaireForm(request.POST or None)
    form.helper = form_helper(form, _("Create questionnaire"), cancel_url=reverse("surveys:questionnaire_list"))
    if form.is_valid():
        try:
            made = create_questionnaire(actor=request.user, at=timezone.now(), **form.cleaned_data)
            return redirect("surveys:questionnaire_detail", made.code)
        except ValidationError as error:
            form.add_error(None, error)
    crumbs = [(_("Questionnaires"), reverse("surveys:questionnaire_list")), (_("New questionnaire"), "")]
    context = {"form": form, "title": _("New questionnaire"), "crumbs": crumbs}
    return render(request, "surveys/form.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
@permission_required("surveys.change_questionnaire", raise_exception=True)
def version_start(request, code):
    questionnaire = visible_questionnaire(request, code)
    try:
        version = start_version(actor=request.user, questionnaire_id=questionnaire.pk, at=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("surveys:questionnaire_detail", code)
    return redirect("surveys:version_detail", version.pk)
