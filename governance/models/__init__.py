from governance.models.attestations import Attestation
from governance.models.departments import Department
from governance.models.duties import Duty, DutyArea, DutyCell, DutyMatrix, Part
from governance.models.policies import Policy, PolicyKind, PolicyVersion

__all__ = [
    "Attestation",
    "Department",
    "Duty",
    "DutyArea",
    "DutyCell",
    "DutyMatrix",
    "Part",
    "Policy",
    "PolicyKind",
    "PolicyVersion",
]
