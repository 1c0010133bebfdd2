from incidents.models.activations import Activation, ActivationCall, ActivationEntry, ActivationStep
from incidents.models.cases import Case, CaseEntry, CaseState
from incidents.models.clocks import IncidentClock, NoticeRule, NoticeTo
from incidents.models.crises import Crisis, CrisisDecision
from incidents.models.evidence import BoardEvidence
from incidents.models.incidents import Incident, IncidentAction, IncidentEntry, IncidentKind
from incidents.models.losses import LossEntry, LossEvent, LossKind, LossMatch
from incidents.models.plans import Plan, PlanVersion

__all__ = [
    "Activation",
    "ActivationCall",
    "ActivationEntry",
    "ActivationStep",
    "BoardEvidence",
    "Case",
    "CaseEntry",
    "CaseState",
    "Crisis",
    "CrisisDecision",
    "Incident",
    "IncidentAction",
    "IncidentClock",
    "IncidentEntry",
    "IncidentKind",
    "LossEntry",
    "LossEvent",
    "LossKind",
    "LossMatch",
    "NoticeRule",
    "NoticeTo",
    "Plan",
    "PlanVersion",
]
