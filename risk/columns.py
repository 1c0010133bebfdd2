"""Columns of the room's lists."""

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from pages.columns import Column
from pages.formats import NOTHING, amount, day, moment, number, percent
from pages.templatetags.pages import pill_html
from risk import formats
from risk.models import LoanGrade

CLASS_TONES = {
    "pass": "green",
    "special_mention": "amber",
    "substandard": "high",
    "doubtful": "red",
    "loss": "critical",
}


def risk_columns(tiers):
    """`tiers` maps a residual level to the tier that its rule in force says."""
    return [
        Column("reference", _("No."), sort="reference", mono=True),
        Column("title", _("Title"), sort="title", card="wide"),
        Column("inherent", _("Inherent"), lambda risk: formats.level_pill(risk.inherent), sort="inherent__score"),
        Column("residual", _("Residual"), lambda risk: formats.level_pill(risk.residual), sort="residual__score"),
        Column("review_on", _("Next review"), formats.review_text, sort="review_on"),
        Column("owner", _("Owner"), lambda risk: risk.owner, sort="owner__full_name"),
        Column("risk_class", _("Class"), lambda risk: risk.get_risk_class_display(), sort="risk_class"),
        Column("subclass", _("Sub-class"), lambda risk: risk.subclass, sort="subclass", default=False),
        Column("tier", _("Tier"), lambda risk: tiers.get(risk.residual.level) if risk.residual else "", default=False),
        Column("line", _("Line"), lambda risk: risk.line or _("Whole company"), sort="line__position"),
        Column("status", _("Status"), lambda risk: pill_html(risk.get_status_display()), sort="status"),
        Column("created_at", _("Recorded"), lambda risk: moment(risk.created_at), sort="created_at", default=False),
    ]


def indicator_columns(lines):
    """`lines` maps an indicator's id to its last values, oldest first; it is filled before the rows are drawn."""
    return [
        Column("name", _("Indicator"), lambda row: row.label, sort="name", card="wide"),
        Column("value", _("Latest"), lambda row: formats.reading_text(row.latest, row), numeric=True),
        Column("band", _("Band"), _band),
        Column("trend", _("Last readings"), lambda row: formats.spark_svg(lines.get(row.pk, [])), card="hidden"),
        Column("day", _("As of"), lambda row: day(row.latest.day) if row.latest else NOTHING, sort="latest__day"),
        Column("risk_class", _("Class"), lambda row: row.get_risk_class_display(), sort="risk_class"),
        Column("line", _("Line"), lambda row: row.line or _("Whole company"), sort="line__position", default=False),
        Column("amber", _("Amber from"), lambda row: formats.value_text(row.amber, row.unit), numeric=True),
        Column("red", _("Red from"), lambda row: formats.value_text(row.red, row.unit), numeric=True),
        Column("owner", _("Owner"), lambda row: row.owner, sort="owner__full_name"),
        Column("source", _("Source"), lambda row: row.get_source_display(), sort="source", default=False),
        Column("code", _("Code"), sort="code", mono=True, default=False),
    ]


def _band(indicator):
    return format_html("{} {}", formats.band_pill(indicator.latest), formats.state_pills(indicator))


def alert_columns():
    return [
        Column("indicator", _("Indicator"), lambda row: row.indicator.label, card="wide"),
        Column("band", _("Worst band"), lambda row: pill_html(row.get_band_display(), row.band), sort="band"),
        Column("first", _("First reading"), lambda row: formats.reading_text(row.reading, row.indicator), numeric=True),
        Column("now", _("Now"), lambda row: formats.reading_text(row.indicator.latest, row.indicator), numeric=True),
        Column("state", _("State"), formats.alert_state),
        Column("owner", _("Owner"), lambda row: row.owner, sort="owner__full_name"),
        Column("opened_at", _("Opened"), lambda row: moment(row.opened_at), sort="opened_at"),
        Column("closed_at", _("Closed"), lambda row: moment(row.closed_at), sort="closed_at", default=False),
    ]


def loan_columns():
    return [
        Column("number", _("Loan"), lambda row: row.loan.number, mono=True),
        Column("customer", _("Customer"), lambda row: row.loan.customer.reference, mono=True),
        Column("product", _("Product"), lambda row: row.loan.product.name, card="wide"),
        Column("line", _("Line"), lambda row: row.loan.product.line),
        Column(
            "loan_class", _("Class"), lambda row: pill_html(row.get_loan_class_display(), CLASS_TONES[row.loan_class])
        ),
        Column("days", _("Days past due"), days_text, sort="days_past_due", numeric=True),
        Column("outstanding", _("Outstanding"), lambda row: amount(row.outstanding), sort="outstanding", numeric=True),
        Column("currency", _("Currency"), lambda row: row.loan.currency),
        Column("since", _("In this class since"), lambda row: day(row.since), sort="since"),
        Column(
            "granted", _("Granted"), lambda row: day(row.loan.disbursed_on), sort="loan__disbursed_on", default=False
        ),
        Column("principal", _("Principal"), lambda row: amount(row.loan.principal), numeric=True, default=False),
        Column("open", _("State"), lambda row: _("Not repaid") if row.is_open else _("Repaid"), default=False),
    ]


def rule_columns():
    return [
        Column(
            "loan_class", _("Class"), lambda row: pill_html(row.get_loan_class_display(), CLASS_TONES[row.loan_class])
        ),
        Column("days_from", _("From days past due"), lambda row: number(row.days_from), numeric=True),
        Column("provision_rate", _("Specific provision"), lambda row: percent(row.provision_rate), numeric=True),
        Column("valid_from", _("In force since"), lambda row: day(row.valid_from)),
        Column("source", _("Source"), lambda row: row.source, card="wide"),
    ]


def days_text(grade: LoanGrade):
    return number(grade.days_past_due) if grade.days_known else _("not stated")


def customer_link(reference):
    return format_html('<a href="{}">{}</a>', reverse("customers:customer_detail", args=[reference]), reference)
