"""Stock of a risk as it stands: what is written about it, its controls in layers and whether they work."""

from typing import Any

from assessment.models import AssessedControl, Assessment
from assessment.rules.layers import Layer, Remains, what_remains
from risk.models import Control, Risk


def facts_of(risk: Risk) -> dict[str, Any]:
    """Return what an approval binds of a risk: what is written about it, in words and codes that canonical JSON holds."""
    return {
        "title": risk.title,
        "risk_class": risk.risk_class,
        "subclass": risk.subclass.code if risk.subclass else "",
        "line": risk.line_id or "",
        "description": risk.description,
        "causes": risk.causes,
        "consequences": risk.consequences,
    }


def controls_of(risk: Risk) -> list[Control]:
    """Return the controls of a risk as layers: what prevents first, then what detects, then what corrects."""
    order = {"preventive": 0, "detective": 1, "corrective": 2}
    found = Control.objects.filter(risks=risk).select_related("last_test")
    return sorted(found, key=lambda one: (order[one.kind], one.code))


def works(control: Control) -> str:
    """Return whether a control works by its last finished test; empty where nobody has tested."""
    return control.last_test.conclusion if control.last_test else ""


def layers_now(risk: Risk) -> list[tuple[int, str, str]]:
    """Return (control, kind, effectiveness) of each control, in the order of layers."""
    return [(one.pk, one.kind, works(one)) for one in controls_of(risk)]


def layers_then(assessment: Assessment) -> list[tuple[int, str, str]]:
    """Return the same of the stock that an assessment took."""
    return [(one.control_id, one.kind, one.effectiveness) for one in assessment.layers.all()]


def write_layers(assessment: Assessment) -> None:
    """Take stock of the controls into a draft, in place of what was taken before."""
    controls = controls_of(assessment.risk)
    taken = what_remains(1, 1, [Layer(one.kind, works(one)) for one in controls]).taken
    assessment.layers.all().delete()
    AssessedControl.objects.bulk_create(
        AssessedControl(
            assessment=assessment, position=place, control=control, kind=control.kind, effectiveness=works(control),
            test=control.last_test, steps=steps,
        )
        for place, (control, steps) in enumerate(zip(controls, taken, strict=True), 1)
    )  # fmt: skip


def residual_of(assessment: Assessment, likelihood: int, impact: int) -> Remains:
    """Return what the layers of an assessment leave of an inherent place."""
    return what_remains(likelihood, impact, [Layer(one.kind, one.effectiveness) for one in assessment.layers.all()])


def has_moved(assessment: Assessment) -> bool:
    """Return whether the risk or its controls are not what they were when stock was taken."""
    risk = assessment.risk
    return assessment.facts != facts_of(risk) or layers_then(assessment) != layers_now(risk)
