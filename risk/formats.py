"""How readings, ratings and their bands are written: in the unit of the indicator, in the reader's language."""

from collections.abc import Sequence
from decimal import Decimal

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pages.formats import NOTHING, day, money, number, percent
from pages.templatetags.pages import pill_html
from risk.models import Alert, Indicator, IndicatorReading, Risk, RiskLevel, RiskMatrix, RiskRating, Unit
from risk.rules.indicators import is_stale

SPARK = (
    '<svg class="spark" viewBox="0 0 100 24" width="100" height="24" aria-hidden="true"><polyline points="{}"/></svg>'
)


def value_text(value: Decimal | None, unit: str, currency: str = "") -> str:
    """Return a value in its unit: 3.23%, CNY 1,200.00, 12 days, 48; a dash where there is none."""
    if value is None:
        return NOTHING
    if unit == Unit.SHARE:
        return percent(value)
    if unit == Unit.AMOUNT:
        return money(value, currency) if currency else number(value, 2)
    if unit == Unit.DAYS:
        return ngettext("%(count)s day", "%(count)s days", int(value)) % {"count": number(value)}
    return number(value)


def reading_text(reading: IndicatorReading | None, indicator: Indicator) -> str:
    return value_text(reading.value, indicator.unit, reading.currency) if reading else NOTHING


def band_pill(reading: IndicatorReading | None) -> SafeString:
    """The band of a reading as a word on its ground; a reading without a value says so."""
    if reading is None:
        return pill_html(_("Never read"))
    return pill_html(reading.get_band_display(), reading.band) if reading.band else pill_html(_("No value"))


def is_indicator_stale(indicator: Indicator) -> bool:
    latest = indicator.latest.day if indicator.latest else None
    return indicator.is_active and is_stale(latest, today=timezone.localdate(), after_days=indicator.stale_after_days)


def state_pills(indicator: Indicator) -> SafeString:
    """What a person must know before trusting the latest reading: stale, failed, switched off."""
    pills = []
    if not indicator.is_active:
        pills.append(pill_html(_("Switched off")))
    elif is_indicator_stale(indicator) and indicator.latest:
        pills.append(pill_html(_("Stale"), "high"))
    if indicator.failed_on:
        pills.append(pill_html(_("Could not be read"), "red"))
    return SafeString(" ".join(pills))


def level_pill(rating: RiskRating | None) -> SafeString | str:
    """Score and level of a rating, or of whatever else has both; a dash where the risk is not rated."""
    return pill_html(f"{rating.score} {RiskLevel(rating.level).label}", rating.level) if rating else NOTHING


def review_text(risk: Risk) -> SafeString | str:
    """The day of the next review, with a word where it has passed."""
    if risk.review_on is None:
        return NOTHING
    if risk.status == "open" and risk.review_on < timezone.localdate():
        return format_html("{} {}", day(risk.review_on), pill_html(_("Overdue"), "red"))
    return day(risk.review_on)


def alert_state(alert: Alert) -> SafeString:
    if not alert.is_open:
        return pill_html(_("Closed"))
    if alert.green_since:
        return pill_html(_("Back in green since %(day)s") % {"day": day(alert.green_since)}, "green")
    return pill_html(
        _("Acknowledged") if alert.acknowledged_at else _("Open"), "amber" if alert.acknowledged_at else "red"
    )


def scale_labels(matrix: RiskMatrix) -> tuple[list[str], list[str]]:
    """Return the words of a matrix, likelihood and impact, lowest first, in the reader's language where they are
    known."""
    return [_(word) for word in matrix.likelihood_labels], [_(word) for word in matrix.impact_labels]


def spark_svg(values: Sequence[Decimal | None]) -> SafeString | str:
    """A line of the last values without axes, for a cell; nothing for fewer than two."""
    known = [float(value) for value in values if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    span = (high - low) or 1.0
    step = 96 / (len(known) - 1)
    points = " ".join(
        f"{2 + place * step:.1f},{22 - (value - low) / span * 20:.1f}" for place, value in enumerate(known)
    )
    return format_html(SPARK, points)
