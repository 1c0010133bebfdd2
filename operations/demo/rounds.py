"""A round of self-assessment at the demo company: a questionnaire in force, six people asked, four answers."""

from datetime import datetime, timedelta

from django.utils import timezone

from identification.services.self_assessments import open_self_assessment, tag_answer
from operations.demo.questions import questionnaire
from staff.models import User
from staff.services.changes import approve, execute_approved
from surveys.models import Questionnaire, QuestionnaireVersion
from surveys.services.questionnaires import propose_publishing
from surveys.services.responses import save_answer, start_by_link, submit

ASKED = ["product", "lead", "service", "service2", "service3", "marketing"]
# Who answered: three scales, whether something went wrong, what, which risk is new.
ANSWERS = {
    "product": (
        4,
        5,
        3,
        "reported",
        "A payout file went out twice in May.",
        "Partners send files without a check sum.",
    ),
    "lead": (3, 4, 2, "unreported", "A tag of a customer was read aloud on the telephone.", ""),
    "service": (4, 4, 3, "no", "", "Callers use voices that are made by machines."),
    "service2": (2, 3, 1, "no", "", ""),
}


def make_rounds(people: dict[str, User], *, now: datetime) -> None:
    """Put the questionnaire in force, ask with it and answer."""
    opened = open_self_assessment(
        actor=people["risk"], name="Risks and controls, first half", purpose="rcsa", version=_version(people, now),
        people=[people[word] for word in ASKED], due_on=timezone.localdate(now) + timedelta(days=20), at=now,
    )  # fmt: skip
    invitees = {invitee.user_id: invitee for invitee in opened.invitees.all()}
    for word, answers in ANSWERS.items():
        response = _answer(invitees[people[word].pk].invitation_id, people[word], answers, now)
        if word == "product":
            tag_answer(actor=people["risk"], response=response, question="new_risks", tags=["partners", "files"])


def _version(people: dict[str, User], now: datetime) -> QuestionnaireVersion:
    author = people["compliance"]
    made = Questionnaire.objects.create(
        code="risks-and-controls", name="Risks and controls of one's work", purpose="rcsa", owner=author, created_at=now
    )
    version = QuestionnaireVersion.objects.create(
        questionnaire=made, number=1, document=questionnaire("rcsa"), created_at=now, created_by=author
    )
    request = propose_publishing(actor=author, version_id=version.pk, reason="Asked twice a year", at=now)
    approve(actor=people["management"], request_id=request.pk, comment="As last year", at=now)
    execute_approved(request_id=request.pk, at=now)
    return QuestionnaireVersion.objects.get(pk=version.pk)


def _answer(invitation_id: int, person: User, answers: tuple, now: datetime):
    language, keys = (
        person.language,
        ["controls_work", "rules_clear", "time_enough", "incidents_seen", "what_went_wrong"],
    )
    response = start_by_link(invitation_id=invitation_id, language=language, address="", at=now, who=person)
    for number, (key, value) in enumerate(zip([*keys, "new_risks"], answers, strict=True), start=1):
        if value != "":
            said_at = now + timedelta(seconds=12 * number)
            save_answer(
                response_id=response.pk, question=key, value=value, language=language,
                shown_at=said_at - timedelta(seconds=9), at=said_at,
            )  # fmt: skip
    return submit(response_id=response.pk, language=language, at=now + timedelta(minutes=2))
