"""What an approval binds: everything that was decided and what it rests on, as one hash."""

import hashlib
from typing import Any

from assessment.models import Assessment
from audit.rules.canonical import canonical_json


def content_of(assessment: Assessment) -> dict[str, Any]:
    """Return the whole of an assessment in a form that has one spelling: the risk's facts, methods and why, results with
    their evidence, controls in layers, and decisions with reasons."""
    return {
        "assessment": assessment.reference,
        "risk": assessment.risk.reference,
        "facts": assessment.facts,
        "matrix": assessment.matrix.version,
        "novelty": assessment.novelty,
        "data": assessment.data,
        "proposed": assessment.proposed,
        "methods": assessment.methods,
        "departure": assessment.departure,
        "results": [_result(one) for one in assessment.results.order_by("kind", "method")],
        "controls": [
            {"code": one.control.code, "kind": one.kind, "works": one.effectiveness, "steps": f"{one.steps:f}"}
            for one in assessment.layers.select_related("control")
        ],
        "decisions": [
            {"kind": one.kind, "likelihood": one.likelihood, "impact": one.impact, "score": one.score,
             "level": one.level, "basis": one.basis, "model_version": one.model_version, "reason": one.reason}
            for one in assessment.decisions.order_by("kind")
        ],
    }  # fmt: skip


def _result(one: Any) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "method": one.method,
        "likelihood": one.likelihood,
        "impact": one.impact,
        "evidence": one.evidence,
        "model": one.model,
        "model_version": one.model_version,
        "panel": one.panel.reference if one.panel else "",
        "note": one.note,
    }


def hash_of(assessment: Assessment) -> str:
    """Return the SHA-256 (hex) of the content in canonical JSON (RFC 8785)."""
    return hashlib.sha256(canonical_json(content_of(assessment))).hexdigest()
