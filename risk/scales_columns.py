"""Columns of the lists of appetite, of risks outside it, of matrices and of moves on the map."""

from django.utils.translation import gettext_lazy as _

from pages.columns import Column
from pages.formats import day, number
from pages.templatetags.pages import pill_html
from risk import formats
from risk.models import RatingBasis
from risk.services.moves import CLOSED, FIRST, OPENED

REASONS = {
    RatingBasis.DATA.value: _("Rated by data"),
    RatingBasis.MODEL.value: _("Rated by a model"),
    RatingBasis.EXPERT.value: _("Opinion of experts"),
    RatingBasis.DECISION.value: _("Decision of the owner"),
    RatingBasis.MAPPING.value: _("Another matrix"),
    OPENED: _("Recorded or opened again"),
    CLOSED: _("Closed"),
    FIRST: _("Rated for the first time"),
}


def appetite_columns():
    return [
        Column("risk_class", _("Class"), lambda row: row.get_risk_class_display(), sort="risk_class"),
        Column("line", _("Line"), lambda row: row.line or _("Whole company"), sort="line__position"),
        Column("team", _("Unit"), lambda row: row.team or _("All units"), sort="team__name"),
        Column("tolerance", _("Highest residual level taken"), _tolerance),
        Column("statement", _("Statement"), lambda row: row.statement, card="wide"),
        Column("lead", _("Lead hears after days"), lambda row: number(row.lead_after_days), numeric=True),
        Column("management", _("Management after"), lambda row: number(row.management_after_days), numeric=True),
        Column("valid_from", _("From"), lambda row: day(row.valid_from), sort="valid_from"),
    ]


def _tolerance(row):
    return pill_html(row.get_tolerance_display(), row.tolerance)


def breach_columns():
    return [
        Column("reference", _("No."), lambda row: row.risk.reference, mono=True),
        Column("title", _("Title"), lambda row: row.risk.title, card="wide"),
        Column("residual", _("Residual"), lambda row: formats.level_pill(row.risk.residual)),
        Column("tolerance", _("Taken up to"), lambda row: _tolerance(row.statement)),
        Column("opened_on", _("Since"), lambda row: day(row.opened_on), sort="opened_on"),
        Column("owner", _("Owner"), lambda row: row.risk.owner),
        Column("line", _("Line"), lambda row: row.risk.line or _("Whole company")),
        Column("statement", _("Statement"), lambda row: row.statement.statement, default=False),
    ]


def matrix_columns():
    return [
        Column("version", _("Version"), str, mono=True),
        Column("size", _("Likelihood × impact"), lambda row: "{} × {}".format(*row.highest)),
        Column("from", _("In force from"), lambda row: day(row.in_force_from) if row.in_force_from else _("Draft")),
        Column("likelihood", _("Likelihood"), lambda row: ", ".join(formats.scale_labels(row)[0])),
        Column("impact", _("Impact"), lambda row: ", ".join(formats.scale_labels(row)[1])),
    ]


def move_columns():
    return [
        Column("reference", _("No."), lambda move: move.reference, mono=True),
        Column("title", _("Title"), lambda move: move.title, card="wide"),
        Column("before", _("Before"), lambda move: _place(move.before)),
        Column("after", _("After"), lambda move: _place(move.after)),
        Column("distance", _("Change of score"), lambda move: f"{move.distance:+d}", numeric=True),
        Column("reason", _("Why"), reason_text),
        Column("day", _("Rated on"), lambda move: day(move.after.rated_at) if move.after else ""),
    ]


def _place(rating):
    if rating is None:
        return _("not on the map")
    return f"{rating.likelihood} × {rating.impact} · {rating.get_level_display()} · {rating.matrix}"


def reason_text(move):
    """Why a risk moved; of a model, between which versions."""
    said = str(REASONS[move.reason])
    if move.reason == RatingBasis.MODEL and move.after:
        before = move.before.model_version if move.before else ""
        return f"{said}: {before} → {move.after.model_version}" if before else f"{said}: {move.after.model_version}"
    return said


def tier_columns(in_force):
    """`in_force` are the keys of the rules that hold today."""
    return [
        Column("level", _("Level"), lambda row: pill_html(row.get_level_display(), row.level), link=True),
        Column("tier", _("Tier"), lambda row: number(row.tier), numeric=True),
        Column("review_days", _("Reviewed within days"), lambda row: number(row.review_days), numeric=True),
        Column("valid_from", _("From"), lambda row: day(row.valid_from)),
        Column("in_force", _("State"), lambda row: pill_html(_("In force"), "green") if row.pk in in_force else ""),
    ]
