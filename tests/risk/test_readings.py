from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from risk import measures
from risk.models import Alert, Band, Indicator, IndicatorReading
from risk.services.alerts import follow_reading
from risk.services.indicators import change_bounds, propose_bounds
from risk.services.readings import read_indicators, record_reading
from staff.models import Notification
from tests.database_roles import as_superuser
from tests.factories.changes import agreed
from tests.factories.risk import AlertFactory, IndicatorFactory, ReadingFactory
from tests.factories.staff import UserFactory

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 30)


@pytest.fixture
def constant(monkeypatch, tmp_path):
    """A measure that returns what a test wants: `constant("0.06")` makes an indicator that reads it."""
    Indicator.objects.filter(source="measure").update(is_active=False)
    monkeypatch.setattr(measures, "FOLDER", tmp_path)

    def make(sql_value, code="constant"):
        (tmp_path / f"{code}.sql").write_text(f"SELECT 1 AS numerator, 2 AS denominator, {sql_value} AS value")
        measure = measures.Measure(code, code, code, "share", True, measures.own_rows)
        monkeypatch.setitem(measures.MEASURES, code, measure)
        return Indicator.objects.filter(code=code).first() or IndicatorFactory(
            code=code, name=code, risk_class="credit", unit="share", direction="high", amber=Decimal("0.05"),
            red=Decimal("0.08"), source="measure", measure=code, owner=UserFactory(role="risk"),
        )  # fmt: skip

    return make


def test_a_reading_keeps_value_band_bounds_and_run(constant):
    indicator = constant("0.0600004")

    assert read_indicators(business_date=DAY, run_id=7) == 1

    indicator.refresh_from_db()
    latest = indicator.latest
    assert (latest.day, latest.value, latest.band, latest.run) == (DAY, Decimal("0.060000"), Band.AMBER, 7)
    assert (latest.numerator, latest.denominator, latest.amber, latest.red) == (1, 2, Decimal("0.05"), Decimal("0.08"))


def test_the_same_night_twice_adds_nothing(constant):
    constant("0.06")

    assert read_indicators(business_date=DAY, run_id=1) == 1
    assert read_indicators(business_date=DAY, run_id=1) == 0
    assert read_indicators(business_date=DAY, run_id=2) == 0

    assert (IndicatorReading.objects.count(), Alert.objects.count(), Notification.objects.count()) == (1, 1, 1)


def test_another_value_for_the_same_day_is_a_later_reading_that_counts(constant):
    indicator = constant("0.06")
    read_indicators(business_date=DAY, run_id=1)
    constant("0.01")

    assert read_indicators(business_date=DAY, run_id=2) == 1

    indicator.refresh_from_db()
    assert indicator.latest.value == Decimal("0.01")
    assert list(indicator.readings.last_of_each_day().values_list("value", flat=True)) == [Decimal("0.010000")]


def test_a_night_of_the_past_neither_becomes_the_latest_nor_opens_an_alert(constant):
    indicator = constant("0.01")
    read_indicators(business_date=DAY, run_id=1)
    constant("0.09")

    assert read_indicators(business_date=DAY - timedelta(days=1), run_id=2) == 1

    indicator.refresh_from_db()
    assert (indicator.latest.day, Alert.objects.count()) == (DAY, 0)


def test_a_failing_measure_leaves_the_others_read_and_says_why(constant):
    broken, sound = constant("1 / 0", "broken"), constant("0.01", "sound")

    assert read_indicators(business_date=DAY, run_id=1) == 1

    broken.refresh_from_db()
    sound.refresh_from_db()
    assert (broken.latest, broken.failed_on, broken.failure) == (None, DAY, "division by zero")
    assert (sound.latest.value, sound.failed_on) == (Decimal("0.01"), None)


def test_a_measure_that_works_again_forgets_its_failure(constant):
    indicator = constant("1 / 0")
    read_indicators(business_date=DAY, run_id=1)
    constant("0.5")

    read_indicators(business_date=DAY, run_id=2)

    indicator.refresh_from_db()
    assert (indicator.failure, indicator.failed_on, indicator.latest.value) == ("", None, Decimal("0.5"))


def test_a_measure_that_is_gone_is_a_failure_of_its_indicator_alone(constant, monkeypatch):
    indicator = constant("0.01")
    monkeypatch.delitem(measures.MEASURES, "constant")

    assert read_indicators(business_date=DAY, run_id=1) == 0

    indicator.refresh_from_db()
    assert indicator.failure == "there is no measure named constant"


def test_nothing_to_divide_by_is_a_reading_without_a_band_and_without_an_alert(constant):
    indicator = constant("NULL")

    read_indicators(business_date=DAY, run_id=1)

    indicator.refresh_from_db()
    assert (indicator.latest.value, indicator.latest.band, Alert.objects.count()) == (None, "", 0)


def test_an_indicator_that_is_switched_off_is_not_read(constant):
    constant("0.06")
    Indicator.objects.update(is_active=False)

    assert read_indicators(business_date=DAY, run_id=1) == 0


def test_a_breach_opens_one_alert_for_the_episode_and_tells_the_owner_once(constant):
    indicator = constant("0.06")
    for night in range(3):
        read_indicators(business_date=DAY + timedelta(days=night), run_id=night)

    alert = Alert.objects.get()
    assert (alert.indicator, alert.band, alert.owner, alert.reading.day) == (
        indicator,
        Band.AMBER,
        indicator.owner,
        DAY,
    )
    assert list(Notification.objects.values_list("user", "key")) == [(indicator.owner_id, f"alert:{alert.pk}:amber")]


def test_an_alert_keeps_the_worst_band_and_its_owner_hears_of_red_too(constant):
    constant("0.06")
    for night, value in enumerate(("0.06", "0.09", "0.06")):
        constant(value)
        read_indicators(business_date=DAY + timedelta(days=night), run_id=night)

    alert = Alert.objects.get()
    assert (alert.band, alert.green_since) == (Band.RED, None)
    assert Notification.objects.count() == 2


def test_back_in_green_closes_nothing_and_is_noted_until_the_next_breach(constant):
    seen = []
    for night, value in enumerate(("0.06", "0.01", "0.01", "0.07")):
        constant(value)
        read_indicators(business_date=DAY + timedelta(days=night), run_id=night)
        alert = Alert.objects.get()
        seen.append((alert.is_open, alert.green_since))

    assert seen == [(True, None), (True, DAY + timedelta(days=1)), (True, DAY + timedelta(days=1)), (True, None)]


def test_a_breach_after_the_alert_was_closed_is_a_new_episode(constant):
    constant("0.06")
    read_indicators(business_date=DAY, run_id=1)
    Alert.objects.update(closed_at=timezone.now(), closing_reason="Back to normal since Monday")

    read_indicators(business_date=DAY + timedelta(days=1), run_id=2)

    assert Alert.objects.open().count() == 1
    assert Alert.objects.count() == 2


def test_an_alert_without_an_owner_is_told_to_the_risk_office(constant):
    indicator = constant("0.06")
    officer, _marketer = indicator.owner, UserFactory(role="marketing")
    Indicator.objects.update(owner=None)

    read_indicators(business_date=DAY, run_id=1)

    assert list(Notification.objects.values_list("user", flat=True)) == [officer.pk]


def test_new_bounds_hold_from_the_next_reading_and_past_readings_keep_theirs(constant):
    indicator = constant("0.06")
    read_indicators(business_date=DAY, run_id=1)

    asked = propose_bounds(
        actor=UserFactory(role="risk"),
        indicator_id=indicator.pk,
        amber=Decimal("0.07"),
        red=Decimal("0.1"),
        reason="Appetite raised",
        at=timezone.now(),
    )
    assert asked.differences == [("Amber from", "5.00%", "7.00%"), ("Red from", "8.00%", "10.00%")]
    agreed(asked, UserFactory(role="management"))
    read_indicators(business_date=DAY + timedelta(days=1), run_id=2)

    bands = indicator.readings.order_by("day").values_list("amber", "band")
    assert list(bands) == [(Decimal("0.05"), "amber"), (Decimal("0.07"), "green")]


def test_bounds_the_wrong_way_round_are_refused():
    indicator = IndicatorFactory()

    with pytest.raises(ValidationError, match="Red lies beyond amber"):
        change_bounds(
            actor=indicator.owner,
            indicator_id=indicator.pk,
            amber=Decimal("0.1"),
            red=Decimal("0.05"),
            reason="Typed in haste",
        )


def test_a_manual_reading_becomes_the_latest_and_opens_an_alert():
    indicator = IndicatorFactory()
    today = timezone.localdate()

    record_reading(
        actor=indicator.owner,
        indicator_id=indicator.pk,
        day=today,
        value=Decimal("0.09"),
        note="From the board pack",
        at=timezone.now(),
    )

    indicator.refresh_from_db()
    assert (indicator.latest.band, indicator.latest.read_by, indicator.latest.note) == (
        "red",
        indicator.owner,
        "From the board pack",
    )
    assert Alert.objects.get().band == Band.RED


@pytest.mark.parametrize(
    ("ahead", "source", "message"),
    [(1, "manual", "has not come yet"), (0, "measure", "The nightly run reads this indicator")],
)
def test_a_manual_reading_that_cannot_be_is_refused_with_a_sentence(ahead, source, message):
    indicator = IndicatorFactory(source=source, measure="dormant_share")
    day = timezone.localdate() + timedelta(days=ahead)

    with pytest.raises(ValidationError, match=message):
        record_reading(
            actor=indicator.owner, indicator_id=indicator.pk, day=day, value=Decimal("0.01"), at=timezone.now()
        )

    assert not IndicatorReading.objects.exists()


def test_the_same_manual_reading_twice_is_refused():
    indicator = IndicatorFactory()
    reading = {
        "actor": indicator.owner,
        "indicator_id": indicator.pk,
        "day": timezone.localdate(),
        "value": Decimal("0.01"),
    }
    record_reading(**reading, at=timezone.now())

    with pytest.raises(ValidationError, match="already on record"):
        record_reading(**reading, at=timezone.now())


@pytest.mark.parametrize(
    "statement", ["UPDATE risk_indicatorreading SET value = 0", "DELETE FROM risk_indicatorreading"]
)
def test_a_reading_is_never_changed_even_by_a_session_that_skips_triggers(statement):
    ReadingFactory(value=Decimal("0.06"))

    with transaction.atomic(), as_superuser(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        with pytest.raises(DatabaseError, match="never changed or removed"), transaction.atomic():
            cursor.execute(statement)


def test_stale_indicators_are_those_with_an_old_reading_or_none():
    fresh, old, never = IndicatorFactory(), IndicatorFactory(), IndicatorFactory()
    for indicator, age in ((fresh, 3), (old, 4)):
        indicator.latest = ReadingFactory(indicator=indicator, day=DAY - timedelta(days=age))
        indicator.save()

    assert set(Indicator.objects.filter(source="manual").stale(DAY)) == {old, never}


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_open_one_alert():
    indicator = IndicatorFactory(reads=Decimal("0.09"))
    reading, start, failures = indicator.latest, Barrier(2, timeout=10), []

    def breach():
        try:
            start.wait()
            follow_reading(indicator=indicator, reading=reading)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [Thread(target=breach) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (failures, Alert.objects.open().count(), Notification.objects.count()) == ([], 1, 1)


def test_the_database_itself_keeps_one_open_alert_an_indicator():
    alert = AlertFactory()

    with pytest.raises(DatabaseError, match="one_open_alert_per_indicator"), transaction.atomic():
        AlertFactory(indicator=alert.indicator)
