"""What methods say beside each other, how far they lie apart, and what was decided, as the page shows it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessment.evidence import evidence_lines
from assessment.models import AssessedRating, Assessment, Method, MethodResult
from assessment.rules.disagreement import widest
from assessment.services.stock import residual_of
from risk.formats import scale_labels
from risk.models import RatingKind, RiskLevel
from risk.rules.ratings import Judgement
from risk.services.register import cells_of


@dataclass(frozen=True)
class Said:
    """What one method says: `judged` where it knows both sides, else only one of them is known."""

    label: str
    likelihood: int | None
    impact: int | None
    judged: Judgement | None
    lines: list[str]
    result: MethodResult | None = None

    @property
    def level(self) -> str:
        return self.judged.level if self.judged else ""


@dataclass(frozen=True)
class Kind:
    """One of inherent, residual and target: methods, their disagreement in words, the decision, and the matrix."""

    kind: str
    label: str
    said: list[Said]
    silent: list[str]
    apart: str
    decision: AssessedRating | None
    rows: list[tuple[str, list[dict[str, Any]]]]


def kinds_of(assessment: Assessment) -> list[Kind]:
    """Return the three kinds in order, in a number of queries that does not depend on what was said."""
    results = list(assessment.results.select_related("panel", "recorded_by"))
    decisions = {one.kind: one for one in assessment.decisions.all()}
    cells = cells_of(assessment.matrix)
    return [_kind(assessment, kind, results, decisions, cells) for kind in RatingKind]


def _kind(assessment, kind, results, decisions, cells) -> Kind:
    said = [_said(one, cells) for one in _in_order(results, kind)]
    if kind == RatingKind.RESIDUAL and "inherent" in decisions:
        said.append(_by_controls(assessment, decisions["inherent"], cells))
    heard = {one.result.method for one in said if one.result}
    silent = [Method(one).label for one in assessment.methods if one not in heard] if kind != RatingKind.TARGET else []
    decision = decisions.get(kind)
    return Kind(kind, kind.label, said, silent, apart_text(said), decision, _rows(assessment, said, cells))


def _in_order(results, kind):
    order = list(Method)
    return sorted((one for one in results if one.kind == kind), key=lambda one: order.index(one.method))


def _said(result: MethodResult, cells) -> Said:
    judged = cells.get((result.likelihood, result.impact))
    lines = evidence_lines(result)
    if result.model:
        lines.insert(0, f"{result.model} {result.model_version}")
    if result.note:
        lines.append(result.note)
    return Said(str(Method(result.method).label), result.likelihood, result.impact, judged, lines, result)


def _by_controls(assessment: Assessment, inherent: AssessedRating, cells) -> Said:
    left = residual_of(assessment, inherent.likelihood, inherent.impact)
    line = _("What the controls leave of the inherent rating, by what their tests say.")
    return Said(_("Controls"), left.likelihood, left.impact, cells.get((left.likelihood, left.impact)), [line])


def apart_text(said: list[Said]) -> str:
    """Return in words how far methods lie apart; nothing where fewer than two speak."""
    often, much = widest([one.likelihood for one in said]), widest([one.impact for one in said])
    if often is None and much is None:
        return ""
    if not often and not much:
        return _("They agree.")
    steps = lambda count: ngettext("%(n)s step", "%(n)s steps", count or 0) % {"n": count or 0}  # noqa: E731
    return _("They lie up to %(often)s apart on the likelihood and %(much)s on the impact.") % {
        "often": steps(often),
        "much": steps(much),
    }


def _rows(assessment: Assessment, said: list[Said], cells):
    """The matrix, gravest row first: cells with who points at them."""
    likelihoods, impacts = scale_labels(assessment.matrix)
    marks: dict[tuple[int | None, int | None], list[str]] = {}
    for one in said:
        marks.setdefault((one.likelihood, one.impact), []).append(one.label)
    return [
        (
            word,
            [
                {
                    "level": cells[row, column].level,
                    "level_label": RiskLevel(cells[row, column].level).label,
                    "place": f"{row}x{column}",
                    "score": cells[row, column].score,
                    "marks": marks.get((row, column), []),
                    "impact": impacts[column - 1],
                }
                for column in range(1, len(impacts) + 1)
            ],
        )
        for row, word in reversed(list(enumerate(likelihoods, 1)))
    ]
