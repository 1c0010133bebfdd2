"""Rates compared exactly, trends that propose improvements, effects with their intervals; themes and imported history."""

import csv
import gzip
import random
from datetime import date
from math import inf
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.utils import timezone

from customers.models import ImportReject, ImportRun
from products.models import ProductVersion
from service.models import Complaint, ComplaintTheme, Improvement, PastComplaint, ProcessStep
from service.rules import rates
from service.rules.themes import themes_of
from service.rules.words import words_of
from service.services import trends as services
from service.services.complaint_themes import find_themes
from tests.factories import UserFactory
from tests.factories.complaints import ImprovementFactory, PastComplaintFactory, a_complaint
from tests.factories.customers import AccountFactory
from tests.factories.products import ProductFactory

CFPB = Path(__file__).resolve().parents[2].parent / "shared/data/complaints"


def close(value, expected, part=1e-4):
    return abs(value - expected) <= part * max(1, abs(expected))


def test_intervals_of_a_rate_are_those_of_garwoods_table():
    """Exact Poisson limits at 95 %, as published for 0, 1, 5 and 10 events (Garwood 1936; Ulm 1990)."""
    for cases, low, high in [(0, 0, 3.6889), (1, 0.0253, 5.5716), (5, 1.6235, 11.6683), (10, 4.7954, 18.3904)]:
        found = rates.rate_interval(cases, 1)
        assert abs(found.low - low) < 1e-3
        assert abs(found.high - high) < 1e-3


def test_binomial_tails_are_those_of_counting():
    assert close(rates.binomial_at_least(8, 10, 0.5), 56 / 1024)
    assert rates.binomial_at_least(0, 10, 0.1) == 1
    assert rates.binomial_at_least(11, 10, 0.1) == 0
    assert close(rates.rise_probability(8, 1, 2, 1), 56 / 1024)
    assert rates.rise_probability(3, 0, 2, 1) == 1


def test_a_ratio_has_the_interval_of_clopper_and_pearson():
    """8 of 10 in the one half: the proportion lies between 0.4439 and 0.9748 (Clopper and Pearson 1934)."""
    found = rates.ratio_interval(8, 1, 2, 1)

    assert close(found.low, 0.44390 / (1 - 0.44390), 1e-3)
    assert close(found.high, 0.97479 / (1 - 0.97479), 1e-2)
    assert rates.ratio_interval(0, 10, 0, 10) == rates.Interval(0.0, inf)
    assert rates.ratio_interval(0, 10, 5, 10).low == 0


def test_adjusted_probabilities_are_those_of_benjamini_and_hochberg():
    """Their own example of fifteen tests: at 0.05 the first four are found, and no more."""
    theirs = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1,
    ]
    mixed = list(theirs)
    random.Random(1).shuffle(mixed)

    found = dict(zip(mixed, rates.adjusted(mixed), strict=True))

    assert [p for p in theirs if found[p] < 0.05] == theirs[:4]
    assert rates.adjusted([]) == []


def test_large_numbers_and_zeros_stay_numbers():
    assert 0 < rates.rise_probability(5_000, 1e6, 4_800, 1e6) < 0.05
    found = rates.rate_interval(10_000, 1e6)
    assert 0.0098 < found.low < 0.01 < found.high < 0.0102
    assert rates.rate_interval(0, 0).high == inf


MONTH = date(2026, 9, 1)


@pytest.fixture
def version(db):
    product = ProductFactory()
    AccountFactory.create_batch(20, product=product, opened_on=date(2025, 1, 1), product_version=product.version)
    return product.version or ProductVersion.objects.filter(product=product).first()


def complaints_of(version, month, n, cause="pricing"):
    for _n in range(n):
        made = a_complaint(received_on=month.replace(day=10))
        Complaint.objects.filter(pk=made.pk).update(
            version=version, cause=cause, step=ProcessStep.objects.get(code="pricing")
        )


def test_a_rise_beyond_chance_proposes_one_improvement_and_a_steady_rate_none(version):
    complaints_of(version, date(2026, 9, 1), 6)
    complaints_of(version, date(2026, 8, 1), 1)
    for month in (4, 5, 6, 7, 8, 9):
        complaints_of(version, date(2026, month, 1), 2, cause="delay")
    at = timezone.make_aware(timezone.datetime(2026, 10, 5, 9))

    assert services.propose_improvements(at=at) == 1
    assert services.propose_improvements(at=at) == 0

    task = Improvement.objects.get()
    assert (task.cause, task.cases, task.cases_before, task.accounts) == ("pricing", 6, 1, 20)
    assert task.accounts_before == 20 * 6
    shown = {one.cause: one for one in services.trends_of(MONTH)}
    assert shown["pricing"].rate == 300
    assert not shown["delay"].is_rising


def test_few_cases_are_no_trend_however_rare_they_were(version):
    complaints_of(version, MONTH, 4)

    assert not any(one.is_rising for one in services.trends_of(MONTH))


def test_an_improvement_is_planned_takes_effect_and_is_measured_with_its_interval(version):
    lead, owner, now = UserFactory(role="service_lead"), UserFactory(role="product"), timezone.now()
    task = ImprovementFactory(version=version)
    with pytest.raises(PermissionDenied):
        services.drop_improvement(actor=owner, improvement_id=task.pk, reason="Not worth it at all", at=now)
    with pytest.raises(ValidationError, match="First say"):
        services.put_into_effect(actor=lead, improvement_id=task.pk, effective_on=MONTH, at=now)

    services.plan_improvement(
        actor=lead, improvement_id=task.pk, action="The fee stands on the first page", owner=owner,
        due_on=timezone.localdate(), at=now,
    )  # fmt: skip
    task = services.put_into_effect(actor=lead, improvement_id=task.pk, effective_on=date(2026, 7, 15), at=now)
    complaints_of(version, date(2026, 6, 1), 12)
    complaints_of(version, date(2026, 8, 1), 1)

    effect = services.effect_of(task, today=date(2026, 10, 5))

    assert (effect.cases_before, effect.months_before, effect.cases, effect.months) == (12, 6, 1, 2)
    assert (effect.rate_before, effect.rate) == (100, 25)
    assert effect.ratio.low < 0.25 < effect.ratio.high
    assert effect.verdict == services.VERDICTS["same"]


def test_an_effect_of_few_cases_is_called_unknown_and_a_large_one_by_its_name(version):
    task = ImprovementFactory(
        version=version, state="done", effective_on=date(2026, 7, 15), action="Said so", owner=UserFactory(),
        due_on=MONTH,
    )  # fmt: skip
    complaints_of(version, date(2026, 6, 1), 3)
    few = services.effect_of(task, today=date(2026, 10, 5))
    complaints_of(version, date(2026, 5, 1), 27)
    many = services.effect_of(task, today=date(2026, 10, 5))

    assert few.verdict == services.VERDICTS["few"]
    assert many.verdict == services.VERDICTS["less"]
    assert services.effect_of(task, today=date(2026, 8, 20)) is None


def test_words_are_latin_words_and_pairs_of_characters_without_masks():
    said = "I called XXXX on XX/XX/2023: they CHARGED a late-fee! 我的账户被重复扣款。 😀 \u202eabc"

    assert list(words_of(said)) == [
        "called", "charged", "late", "fee", "abc", "我的", "的账", "账户", "户被", "被重", "重复", "复扣", "扣款"
    ]  # fmt: skip
    assert list(words_of("")) == []


def test_texts_about_two_things_fall_into_two_themes_the_same_each_time():
    cards = [f"card stolen blocked replacement card branch {n}" for n in "abcdefgh"]
    loans = [f"贷款利息重复扣款，客服不处理{n}" for n in "甲乙丙丁戊己庚辛"]
    texts = [text for pair in zip(cards, loans, strict=True) for text in pair]

    found = themes_of(texts, most=2)

    assert [len(theme.members) for theme in found] == [8, 8]
    assert [{place % 2 for place, _near in theme.members} for theme in found] in ([{0}, {1}], [{1}, {0}])
    assert themes_of(texts, most=2) == found
    assert themes_of([]) == themes_of(["", "a"]) == []


@pytest.mark.django_db
def test_themes_are_kept_in_place_of_the_last_ones():
    for n in range(12):
        PastComplaintFactory(narrative=f"identity theft on my credit report, inquiry {n}")
        PastComplaintFactory(narrative=f"mortgage payment was misapplied to escrow {n}")

    n = find_themes(at=timezone.now())

    assert n == ComplaintTheme.objects.count() >= 2
    find_themes(at=timezone.now())
    assert ComplaintTheme.objects.count() == n
    assert sum(ComplaintTheme.objects.values_list("size", flat=True)) == 24


@pytest.mark.django_db
def test_a_bad_row_of_history_is_reported_and_the_rest_is_taken(tmp_path, capsys):
    head = "Complaint ID,Date received,Date sent to company,Company,Product,Issue,Sub-issue,Consumer complaint narrative,Company response to consumer,Timely response?,Submitted via,State"
    rows = [
        '1,2023-08-25,2023-08-26,"A, INC.",Card,Fee,,"I said ""no"",\nthen again",Closed,Yes,Web,FL',
        "2,yesterday,,B,Card,Fee,,,Closed,Yes,Web,FL",
        ",2023-08-25,,C,Card,Fee,,,Closed,Yes,Web,FL",
        "3,2023-08-25,,D,Card,Fee,,<script>alert(1)</script>,Closed,Yes,Web,FL",
    ]
    (tmp_path / "cfpb_sample.csv").write_text("\n".join([head, *rows]) + "\n")

    call_command("import_data", "examples/cfpb/mapping.toml", str(tmp_path))

    assert set(PastComplaint.objects.values_list("external_id", flat=True)) == {"1", "3"}
    assert ImportReject.objects.count() == 2
    assert PastComplaint.objects.get(external_id="1").narrative == 'I said "no",\nthen again'


@pytest.mark.django_db
@pytest.mark.skipif(not CFPB.is_dir(), reason="the shared data is not here")
def test_the_bureaus_sample_is_loaded_whole_and_a_second_time_brings_nothing(capsys):
    with gzip.open(CFPB / "cfpb_sample.csv.gz", "rt", newline="") as file:
        raw = {row["Complaint ID"]: row for row in csv.DictReader(file)}

    call_command("import_data", "examples/cfpb/mapping.toml", str(CFPB))

    kept = {one.external_id: one for one in PastComplaint.objects.all()}
    assert set(kept) == set(raw)
    assert all(kept[key].narrative == row["Consumer complaint narrative"].strip() for key, row in raw.items())
    assert {kept[key].received_on.isoformat() for key in kept} == {row["Date received"] for row in raw.values()}
    call_command("import_data", "examples/cfpb/mapping.toml", str(CFPB))
    again = ImportRun.objects.latest("pk").files.get()
    assert (again.rows_new, again.rows_changed, again.rows_known) == (0, 0, len(raw))
