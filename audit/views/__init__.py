from audit.views.checkpoints import (
    anchor_list,
    anchor_receipt,
    checkpoint_list,
    checkpoint_note,
    verification_detail,
    verification_list,
)
from audit.views.events import event_detail, event_list
from audit.views.explain import explain
from audit.views.history import record_history
from audit.views.printing import page_printed
from audit.views.proofs import consistency, consistency_file, event_proof, event_proof_file
from audit.views.sealing import sealing

__all__ = [
    "anchor_list",
    "anchor_receipt",
    "checkpoint_list",
    "checkpoint_note",
    "consistency",
    "consistency_file",
    "event_detail",
    "event_list",
    "event_proof",
    "event_proof_file",
    "explain",
    "page_printed",
    "record_history",
    "sealing",
    "verification_detail",
    "verification_list",
]
