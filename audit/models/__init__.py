from audit.models.events import Event, Kind, Secret
from audit.models.proofs import (
    AnchorKind,
    AnchorReceipt,
    Checkpoint,
    Leaf,
    RetiredMonth,
    Verification,
    VerificationKind,
)

__all__ = [
    "AnchorKind",
    "AnchorReceipt",
    "Checkpoint",
    "Event",
    "Kind",
    "Leaf",
    "RetiredMonth",
    "Secret",
    "Verification",
    "VerificationKind",
]
