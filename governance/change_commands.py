"""What of this room is under four eyes: from which day a version of a policy is in force."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance.models import PolicyVersion
from governance.services.policies import IN_FORCE, LANGUAGES, checked_version, put_in_force
from pages.formats import day as day_text
from staff.changes import Arguments, Command, Differences, register_command, version_of
from staff.models import ChangeRequest, User


def register() -> None:
    register_command(POLICY)


def _said(arguments: Arguments) -> dict:
    return {"version_id": arguments["version_id"], "effective_from": date.fromisoformat(arguments["effective_from"])}


def _version(arguments: Arguments) -> PolicyVersion:
    return PolicyVersion.objects.select_related("policy").get(pk=arguments["version_id"])


def _check(*, actor: User, arguments: Arguments) -> None:
    checked_version(actor=actor, **_said(arguments))


def _execute(*, actor: User, arguments: Arguments, request: ChangeRequest) -> str:
    return str(put_in_force(actor=actor, reason=request.reason, at=timezone.now(), **_said(arguments)))


def _describe(arguments: Arguments) -> Differences:
    after = _version(arguments)
    before = after.policy.versions.filter(effective_from__isnull=False).order_by("-effective_from").first()
    day = date.fromisoformat(arguments["effective_from"])
    rows = [
        (_("Version"), str(before.number) if before else "", str(after.number)),
        (_("In force from"), day_text(before.effective_from) if before else "", day_text(day)),
        (_("What changes"), before.summary if before else "", after.summary),
        (_("SHA-256 of the texts"), before.sha256 if before else "", after.sha256),
    ]
    texts = [
        (LANGUAGES[language], before.texts.get(language, "") if before else "", after.texts.get(language, ""))
        for language in LANGUAGES
        if language in after.texts or (before and language in before.texts)
    ]
    return [*rows, *texts]


POLICY = Command(
    name=IN_FORCE,
    label=gettext_lazy("Put a version of a policy in force"),
    permission="governance.change_policy",
    execute=_execute,
    describe=_describe,
    about=lambda arguments: str(_version(arguments)),
    version=lambda arguments: version_of(
        PolicyVersion.objects.filter(pk=arguments["version_id"]), "sha256", "summary", "effective_from"
    ),
    target=lambda arguments: ("governance_policyversion", arguments["version_id"]),
    check=_check,
    guards={"governance_policyversion": ("effective_from",)},
)
