"""What of this room is under four eyes: publishing a version of a questionnaire."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from staff.changes import Arguments, Command, Differences, register_command, version_of
from staff.models import ChangeRequest, User
from surveys.models import QuestionnaireVersion, VersionState
from surveys.rules.definitions import Definition, Question, in_language
from surveys.services.questionnaires import check_publishing, publish_version


def register() -> None:
    register_command(PUBLISH)


def _version(arguments: Arguments) -> QuestionnaireVersion:
    return QuestionnaireVersion.objects.select_related("questionnaire__version").get(pk=arguments["version_id"])


def _check(*, actor: User, arguments: Arguments) -> None:
    check_publishing(_version(arguments))


def _execute(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    assert request.executed_at is not None
    return str(publish_version(actor=actor, version_id=arguments["version_id"], at=request.executed_at))


def _describe(arguments: Arguments) -> Differences:
    """The version in force beside the draft: each question and band that is new, gone or different."""
    draft = _version(arguments)
    old = draft.questionnaire.version
    before, after = old.definition if old else Definition(), draft.definition
    rows = [(_("Version in force"), old and old.number, draft.number)]
    was = {one.key: one for one in before.questions}
    becomes = {one.key: one for one in after.questions}
    for key in list(dict.fromkeys([*was, *becomes])):
        rows.append((_("Question %(key)s") % {"key": key}, _said(was.get(key)), _said(becomes.get(key))))
    for code in list(dict.fromkeys(one.code for one in [*before.bands, *after.bands])):
        rows.append((_("Band %(code)s") % {"code": code}, _from(before, code), _from(after, code)))
    rows.append((_("Rules that decide the band"), len(before.overrides), len(after.overrides)))
    return [row for row in rows if row[1] != row[2]]


def _said(question: Question | None) -> str | None:
    if question is None:
        return None
    points = ", ".join(f"{option.key} {option.points:+d}" for option in question.options)
    condition = _("asked under a condition") if question.shown_if else ""
    return " · ".join(filter(None, [in_language(question.text, "en"), points, condition]))


def _from(definition: Definition, code: str) -> str | None:
    band = next((one for one in definition.bands if one.code == code), None)
    if band is None:
        return None
    return ngettext("from %(n)d point", "from %(n)d points", band.least) % {"n": band.least}


PUBLISH = Command(
    name="surveys.version.publish",
    label=gettext_lazy("Publish a questionnaire"),
    permission="surveys.publish_questionnaireversion",
    execute=_execute,
    describe=_describe,
    about=lambda arguments: str(_version(arguments)),
    version=lambda arguments: version_of(
        QuestionnaireVersion.objects.filter(pk=arguments["version_id"]), "state", "document", "questionnaire__version"
    ),
    target=lambda arguments: ("surveys_questionnaireversion", arguments["version_id"]),
    check=_check,
    guards={"surveys_questionnaireversion": ("state",)},
    writes=lambda arguments: [
        {
            "table": "surveys_questionnaireversion",
            "on": "update",
            "key": {"id": arguments["version_id"]},
            "values": {"state": VersionState.PUBLISHED.value},
        }
    ],
)
