"""From one assessment of a risk to the next: what was decided is taken over, and what has changed since is marked."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessment.models import AssessedRating, Assessment
from risk.models import Control, Effectiveness, Risk

FACTS = {
    "title": _("Title"),
    "risk_class": _("Class"),
    "subclass": _("Sub-class"),
    "line": _("Business line"),
    "description": _("Description"),
    "causes": _("Causes"),
    "consequences": _("Consequences"),
}


@dataclass(frozen=True)
class Changed:
    """Something that is not what it was in the assessment before."""

    label: str | Promise
    before: str
    after: str


def newest_judged(risk: Risk) -> Assessment | None:
    """Return the last assessment of a risk that was approved, whether or not it still holds."""
    return Assessment.objects.filter(risk=risk, approved_at__isnull=False).order_by("-approved_at", "-pk").first()


def carry_decisions(assessment: Assessment) -> None:
    """Take over the decisions of the assessment before, where both speak of one matrix, marked as taken over."""
    before = assessment.previous
    if before is None or before.matrix_id != assessment.matrix_id:
        return
    AssessedRating.objects.bulk_create(
        AssessedRating(
            assessment=assessment, kind=one.kind, likelihood=one.likelihood, impact=one.impact, score=one.score,
            level=one.level, basis=one.basis, model_version=one.model_version, reason=one.reason, carried=True,
        )
        for one in before.decisions.all()
    )  # fmt: skip


def changes_since(assessment: Assessment) -> list[Changed]:
    """Return what has changed since the assessment before: the risk, its controls, its data, and what methods say."""
    before = assessment.previous
    if before is None:
        return []
    return [*_facts(before, assessment), *_controls(before, assessment), *_results(before, assessment)]


def _facts(before: Assessment, after: Assessment) -> list[Changed]:
    shown = [(FACTS[name], before.facts.get(name, ""), after.facts.get(name, "")) for name in FACTS]
    shown += [
        (_("Novelty"), before.get_novelty_display(), after.get_novelty_display()),
        (_("Data"), before.get_data_display(), after.get_data_display()),
        (_("Matrix"), str(before.matrix), str(after.matrix)),
    ]
    return [Changed(label, was, is_now) for label, was, is_now in shown if was != is_now]


def _controls(before: Assessment, after: Assessment) -> list[Changed]:
    was, is_now = ({one.control_id: one.effectiveness for one in side.layers.all()} for side in (before, after))
    moved = [pk for pk in was.keys() | is_now.keys() if was.get(pk) != is_now.get(pk)]
    names = dict(Control.objects.filter(pk__in=moved).order_by("code").values_list("pk", "name"))
    return [Changed(name, _works(was, pk), _works(is_now, pk)) for pk, name in names.items()]


def _works(side: dict[int, str], pk: int) -> str:
    if pk not in side:
        return str(_("no control of this risk"))
    return str(Effectiveness(side[pk]).label) if side[pk] else str(_("not tested"))


def _results(before: Assessment, after: Assessment) -> list[Changed]:
    was, is_now = (
        {(one.kind, one.method): (str(one), _place(one)) for one in side.results.all()} for side in (before, after)
    )
    both = sorted(was.keys() & is_now.keys())
    return [Changed(is_now[key][0], was[key][1], is_now[key][1]) for key in both if was[key][1] != is_now[key][1]]


def _place(one) -> str:
    return f"{one.likelihood or '–'} × {one.impact or '–'}"
