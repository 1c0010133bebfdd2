from governance.models.attestations import Attestation
from governance.models.policies import Policy, PolicyKind, PolicyVersion

__all__ = ["Attestation", "Policy", "PolicyKind", "PolicyVersion"]
