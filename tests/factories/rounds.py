from datetime import timedelta

from django.utils import timezone

from identification.models import Invitee, SelfAssessment
from identification.services.self_assessments import open_self_assessment
from surveys.models import Response
from surveys.services.responses import save_answer, start_by_link, submit
from tests.factories.staff import UserFactory
from tests.factories.surveys import QuestionnaireFactory, document, option, said, single

SCALE = {"kind": "scale", "least": "1", "most": "5"}
ASKED = document(
    bands=[],
    questions=[
        {"key": "controls_work", "text": said("Do controls work?"), **SCALE},
        {"key": "rules_clear", "text": said("Are rules clear?"), **SCALE},
        single("incidents_seen", option("no"), option("yes")),
        {"key": "new_risks", "kind": "text", "required": False, "text": said("Which risk is new?")},
    ],
)
ANSWERS = {"controls_work": 4, "rules_clear": 3, "incidents_seen": "yes", "new_risks": "One key opens two safes."}


def a_round(*, purpose="rcsa", owner=None, people=None, asked=None, **more) -> SelfAssessment:
    """An open round of two of staff."""
    version = QuestionnaireFactory(purpose=purpose, asked=asked or ASKED).version
    people = [UserFactory(role="product"), UserFactory(role="service")] if people is None else people
    fields = {
        "name": "Lending, first half", "due_on": timezone.localdate() + timedelta(days=14), "at": timezone.now(), **more,
    }  # fmt: skip
    owner = owner or UserFactory(role="risk")
    return open_self_assessment(actor=owner, purpose=purpose, version=version, people=people, **fields)


def answered_by(invitee: Invitee, *, at=None, **answers) -> Response:
    """What somebody who is asked hands in by their link."""
    at = at or timezone.now()
    response = start_by_link(invitation_id=invitee.invitation_id, language="en", address="", at=at)
    for question, value in {**ANSWERS, **answers}.items():
        if value is not None:
            save_answer(
                response_id=response.pk, question=question, value=value, language="en", shown_at=at, at=at
            )  # fmt: skip
    return submit(response_id=response.pk, language="en", at=at)
