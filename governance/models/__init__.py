from governance.models.attestations import Attestation
from governance.models.departments import Department
from governance.models.duties import Duty, DutyArea, DutyCell, DutyMatrix, Part
from governance.models.lines import Defence, LineAssignment
from governance.models.policies import Policy, PolicyKind, PolicyVersion

__all__ = [
    "Attestation",
    "Defence",
    "Department",
    "Duty",
    "DutyArea",
    "DutyCell",
    "DutyMatrix",
    "LineAssignment",
    "Part",
    "Policy",
    "PolicyKind",
    "PolicyVersion",
]
