from surveys.models.questionnaires import Questionnaire, QuestionnaireVersion, VersionState
from surveys.models.responses import Answer, Channel, Invitation, Response

__all__ = [
    "Answer",
    "Channel",
    "Invitation",
    "Questionnaire",
    "QuestionnaireVersion",
    "Response",
    "VersionState",
]
