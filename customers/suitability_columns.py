"""What lists of suitability show."""

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Review
from customers.suitability_sentences import sentence_of
from pages.formats import day, number
from pages.lists import Column
from pages.templatetags.pages import deadline, moment, moment_only, pill_html

CLASS_TONES = {"C0": "neutral", "C1": "green", "C2": "green", "C3": "blue", "C4": "amber", "C5": "orange"}
VERDICT_TONES = {"yes": "green", "confirm": "amber", "no": "red"}
WEIGHT_TONES = {"no": "red", "confirm": "amber", "note": "neutral"}


def class_pill(result):
    return pill_html(result.get_investor_class_display(), CLASS_TONES[result.investor_class])


def verdict_words(verdict):
    return {"yes": _("May buy"), "confirm": _("Only of their own accord"), "no": _("May not buy")}[verdict]


def verdict_pill(verdict):
    return pill_html(verdict_words(verdict), VERDICT_TONES[verdict])


def valid_cell(result):
    """Until when it counts, or that it does not."""
    if result.review in (Review.WAITING, Review.REJECTED):
        return pill_html(result.get_review_display(), "amber" if result.review == Review.WAITING else "red")
    if result.valid_until < timezone.localdate():
        return pill_html(_("expired on %(day)s") % {"day": day(result.valid_until)}, "red")
    return day(result.valid_until)


def evidence_link(result):
    return format_html(
        '<a class="in-text" href="/surveys/responses/{}/">{}</a>', result.response_id, result.response_id
    )


def result_columns(name):
    """Columns of the list of all assessments; `name` masks the customer's for the reader."""
    return (
        Column("decided_at", gettext_lazy("When"), lambda row: moment(row.decided_at), sort="decided_at"),
        Column("customer", gettext_lazy("Customer no."), lambda row: row.customer.reference, mono=True, link=True),
        Column("name", gettext_lazy("Name"), lambda row: name(row.customer)),
        Column("class", gettext_lazy("Class"), class_pill, sort="investor_class"),
        Column("score", gettext_lazy("Score"), lambda row: number(row.score), numeric=True),
        Column("valid_until", gettext_lazy("Valid until"), valid_cell, sort="valid_until"),
        Column("review", gettext_lazy("Review"), lambda row: row.get_review_display(), default=False),
        Column("reviewed_by", gettext_lazy("Reviewed by"), lambda row: row.reviewed_by or "–", default=False),
    )


HISTORY_COLUMNS = (
    Column("decided_at", gettext_lazy("When"), lambda row: moment(row.decided_at)),
    Column("class", gettext_lazy("Class"), class_pill),
    Column("score", gettext_lazy("Score"), lambda row: number(row.score), numeric=True),
    Column("valid_until", gettext_lazy("Valid until"), valid_cell),
    Column("evidence", gettext_lazy("Evidence"), evidence_link),
    Column("review", gettext_lazy("Review"), lambda row: review_cell(row)),
)


def review_cell(result):
    if result.review == Review.WAITING:
        return format_html('<a class="in-text" href="{}/review/">{}</a>', result.pk, _("Look at it"))
    if not result.reviewed_by:
        return "–"
    return f"{result.reviewed_by}: {result.review_reason}" if result.review_reason else result.reviewed_by


CHECK_COLUMNS = (
    Column("at", gettext_lazy("When"), lambda row: moment_only(row.at)),
    Column("product", gettext_lazy("Product"), lambda row: row.product),
    Column("use", gettext_lazy("For"), lambda row: row.get_use_display()),
    Column("verdict", gettext_lazy("Answer"), lambda row: verdict_pill(row.verdict)),
    Column("reasons", gettext_lazy("Reasons"), lambda row: _codes(row), card="wide", wrap=True),
    Column("confirmed", gettext_lazy("Confirmed"), lambda row: _("after a warning") if row.confirmed else "–"),
    Column("by", gettext_lazy("By"), lambda row: row.by or "–"),
)


def _codes(check):
    """Reasons of a kept check, each in words where its sentence needs no more than what was kept."""
    said = {**check.facts.get("customer", {}), **check.facts.get("product", {})}
    values = {
        "class": said.get("investor_class"), "rating": said.get("rating"), "status": said.get("status"),
        "line": said.get("line"), "jurisdiction": said.get("jurisdiction"), "region": said.get("region"),
        "day": said.get("valid_until"), "age": said.get("minimum_age") or said.get("maximum_age") or 0,
    }  # fmt: skip
    own = {
        "cooling_off": {"day": said.get("cooling_off_until")},
        "extra_step": {"age": check.facts.get("place", {}).get("extra_step_age")},
        "too_old": {"age": said.get("maximum_age")},
    }
    sentences = [sentence_of(one["code"], {**values, **own.get(one["code"], {})}) for one in check.reasons]
    return format_html_join(mark_safe("<br>"), "{}", ((one,) for one in sentences)) or "–"


def cooling_off_columns(may_withdraw):
    return (
        Column("product", gettext_lazy("Product"), lambda row: row.product),
        Column("starts_on", gettext_lazy("Taken up on"), lambda row: day(row.starts_on)),
        Column("ends_on", gettext_lazy("May withdraw until"), cooling_off_end),
        Column("state", gettext_lazy("State"), lambda row: cooling_off_state(row, may_withdraw)),
    )


def cooling_off_end(row):
    return deadline(row.ends_on, amber_hours=72) if row.state == "running" else day(row.ends_on)


def cooling_off_state(row, may_withdraw):
    if row.state == "running" and may_withdraw:
        return format_html('<a class="in-text" href="../cooling-off/{}/">{}</a>', row.pk, _("Withdraw…"))
    return pill_html(row.get_state_display(), {"running": "blue", "withdrawn": "amber"}.get(row.state, ""))


def reason_items(answer):
    """The reasons of an answer, each with the tone of its weight."""
    return [(one["text"], WEIGHT_TONES[one["weight"]]) for one in answer.reasons]
