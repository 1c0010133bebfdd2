"""How people call what stands in this room: for the log, which knows keys alone."""

from collections.abc import Collection

from django.urls import reverse

from audit.records import Named, RecordNames, numbers, register_names
from surveys.models import Questionnaire, QuestionnaireVersion, Response


def find_questionnaire(text: str) -> int | None:
    return Questionnaire.objects.filter(code=text).values_list("pk", flat=True).first()


def name_questionnaires(keys: Collection[str]) -> Named:
    found = Questionnaire.objects.filter(pk__in=numbers(keys)).values_list("pk", "code")
    return {str(pk): (code, reverse("surveys:questionnaire_detail", args=[code])) for pk, code in found}


def find_nothing(text: str) -> None:
    """These are called after their questionnaire: they are reached from there."""


def name_versions(keys: Collection[str]) -> Named:
    found = QuestionnaireVersion.objects.filter(pk__in=numbers(keys))
    rows = found.values_list("pk", "questionnaire__code", "number")
    return {str(pk): (f"{code} v{number}", reverse("surveys:version_detail", args=[pk])) for pk, code, number in rows}


def name_responses(keys: Collection[str]) -> Named:
    found = Response.objects.filter(pk__in=numbers(keys)).values_list("pk", "version__questionnaire__code")
    return {str(pk): (f"{code} {pk}", reverse("surveys:response_detail", args=[pk])) for pk, code in found}


def register() -> None:
    register_names(RecordNames("surveys_questionnaire", find_questionnaire, name_questionnaires))
    register_names(RecordNames("surveys_questionnaireversion", find_nothing, name_versions))
    register_names(RecordNames("surveys_response", find_nothing, name_responses))
