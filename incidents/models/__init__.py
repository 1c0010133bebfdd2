from incidents.models.activations import Activation, ActivationEntry, ActivationStep
from incidents.models.cases import Case, CaseEntry, CaseState
from incidents.models.plans import Plan, PlanVersion

__all__ = [
    "Activation",
    "ActivationEntry",
    "ActivationStep",
    "Case",
    "CaseEntry",
    "CaseState",
    "Plan",
    "PlanVersion",
]
