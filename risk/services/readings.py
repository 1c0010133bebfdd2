"""Indicators are read: by the nightly run from measures, by people where a number comes from outside."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from risk.measures import MEASURES
from risk.models import Indicator, IndicatorReading, IndicatorSource
from risk.rules.indicators import band_of
from risk.services.alerts import follow_reading
from staff.models import User

MILLIONTH, CENT = Decimal("0.000001"), Decimal("0.01")


@dataclass(frozen=True)
class Measured:
    """What a measure returned: `value` in the indicator's unit, None where there was nothing to divide by."""

    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    currency: str = ""
    left_out: int = 0


def read_indicators(*, business_date: date, run_id: int | None) -> int:
    """Read every active measured indicator as of `business_date` and return how many readings were added.

    A reading that says nothing new about its day is not added, so running twice adds nothing. A measure that fails
    leaves its indicator without a reading and with the reason; the others are read all the same.
    """
    indicators = Indicator.objects.measured().order_by("pk").values_list("pk", flat=True)
    return sum(_read(pk, business_date, run_id, at=timezone.now()) for pk in list(indicators))


@transaction.atomic
def _read(indicator_id: int, day: date, run_id: int | None, *, at: datetime) -> bool:
    name_act("risk.indicator.read")
    indicator = Indicator.objects.select_for_update(of=["self"]).select_related("latest").get(pk=indicator_id)
    try:
        with transaction.atomic():
            measured = measure(indicator.measure, day=day, line=indicator.line_id)
    except (DatabaseError, KeyError) as error:
        _note_failure(indicator, day, error)
        return False
    _clear_failure(indicator)
    return _keep(
        indicator,
        IndicatorReading(
            indicator=indicator,
            day=day,
            value=measured.value,
            numerator=measured.numerator,
            denominator=measured.denominator,
            currency=measured.currency,
            left_out=measured.left_out,
            run=run_id,
            taken_at=at,
        ),
    )


def measure(code: str, *, day: date, line: str | None = None) -> Measured:
    """Run one measure as of `day`, for one line or all. Raises KeyError for a name that is no measure's."""
    with connection.cursor() as cursor:
        cursor.execute(MEASURES[code].sql, {"day": day, "line": line, "jurisdiction": settings.COMPANY_JURISDICTION})
        row = cursor.fetchone()
        if row is None:
            return Measured(None)
        found = dict(zip((column.name for column in cursor.description), row, strict=True))
    return Measured(
        value=_rounded(found["value"], MILLIONTH),
        numerator=_rounded(found["numerator"], CENT),
        denominator=_rounded(found["denominator"], CENT),
        currency=found.get("currency") or "",
        left_out=found.get("left_out") or 0,
    )


@transaction.atomic
def record_reading(
    *, actor: User, indicator_id: int, day: date, value: Decimal, note: str = "", at: datetime
) -> IndicatorReading:
    """Add a reading that a person took, for a day that is not ahead; the newest day's reading is the indicator's
    latest.

    Raises ValidationError for an indicator that the nightly run reads, for a day ahead, and for the same reading again.
    """
    indicator = Indicator.objects.select_for_update(of=["self"]).select_related("latest").get(pk=indicator_id)
    if indicator.source != IndicatorSource.MANUAL:
        raise ValidationError(_("The nightly run reads this indicator; a reading by hand would be lost among them."))
    if not indicator.is_active:
        raise ValidationError(_("This indicator is switched off: switch it on to add readings."))
    if day > timezone.localdate(at):
        raise ValidationError(
            {"day": _("%(day)s has not come yet: a reading is of a day that is over or today.") % {"day": day}}
        )
    name_act("risk.indicator.read", reason=note)
    reading = IndicatorReading(
        indicator=indicator, day=day, value=_rounded(value, MILLIONTH), note=note, read_by=actor, taken_at=at
    )
    if not _keep(indicator, reading):
        raise ValidationError(_("This reading is already on record for %(day)s.") % {"day": day})
    return reading


def _keep(indicator: Indicator, reading: IndicatorReading) -> bool:
    """Add a reading with the bounds of now unless it repeats the day's last one; move `latest` and alerts. Indicator
    is locked."""
    reading.amber, reading.red = indicator.amber, indicator.red
    if reading.value is not None:
        reading.band = band_of(reading.value, amber=reading.amber, red=reading.red)
    last = indicator.readings.filter(day=reading.day).order_by("-taken_at", "-id").first()
    if last and _says(last) == _says(reading):
        return False
    reading.save()
    if indicator.latest is None or reading.day >= indicator.latest.day:
        indicator.latest = reading
        indicator.save(update_fields=["latest"])
        follow_reading(indicator=indicator, reading=reading)
    return True


def _says(reading: IndicatorReading) -> tuple:
    return (
        reading.value,
        reading.numerator,
        reading.denominator,
        reading.currency,
        reading.left_out,
        reading.amber,
        reading.red,
        reading.note,
    )


def _note_failure(indicator: Indicator, day: date, error: Exception) -> None:
    unknown = isinstance(error, KeyError)
    sentence = (
        f"there is no measure named {indicator.measure}"
        if unknown
        else (str(error).splitlines() or [type(error).__name__])[0]
    )
    indicator.failure, indicator.failed_on = sentence[:300], day
    indicator.save(update_fields=["failure", "failed_on"])


def _clear_failure(indicator: Indicator) -> None:
    if indicator.failed_on:
        indicator.failure, indicator.failed_on = "", None
        indicator.save(update_fields=["failure", "failed_on"])


def _rounded(value: Decimal | int | None, unit: Decimal) -> Decimal | None:
    """Round half to even, as the columns keep it."""
    return None if value is None else Decimal(value).quantize(unit)
