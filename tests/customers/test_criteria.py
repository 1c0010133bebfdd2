"""Rules over customers: what they mean, what they refuse, and that nothing somebody wrote becomes SQL."""

from datetime import date, timedelta
from random import Random

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.criteria import (
    FIELDS,
    canonical,
    compiled,
    edges,
    explain,
    needs_of,
    normalised,
    outline,
    sha256_of,
    validate,
)
from customers.criteria.days import birthdays_within, years_before
from customers.criteria.fields import LISTED, Kind
from tests.customers.criteria_people import DAY, REGIONS, TREES, holds, make_people
from tests.factories.customers import CustomerFactory

BALANCE = {"field": "balance", "op": "ge", "value": "100"}


def found(tree, day=DAY, **how):
    text, values = compiled(normalised(tree), day=day, **how)
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        return {pk for (pk,) in cursor.fetchall()}


def deep(levels):
    tree = BALANCE
    for level in range(levels):
        tree = {"not": tree} if level % 2 else {"all": [tree, BALANCE]}
    return tree


def refusal(tree):
    with pytest.raises(ValidationError) as refused:
        validate(tree)
    return refused.value.messages[0]


@pytest.mark.django_db
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(trees=st.lists(TREES, min_size=5, max_size=5), ahead=st.integers(0, 3))
def test_a_rule_finds_those_for_whom_it_holds_and_nobody_else(people, trees, ahead):
    day = DAY
    for tree in trees:
        expected = {facts["pk"] for facts in people if facts["standing"] and holds(tree, facts, day)}

        assert found(tree, day) == expected, tree


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=TREES, ahead=st.integers(1, 9))
def test_whoever_a_passing_day_moves_stands_at_an_edge(people, tree, ahead):
    later = DAY + timedelta(days=ahead)
    moved = found(tree, DAY) ^ found(tree, later)
    at_edge = set()
    with connection.cursor() as cursor:
        for text, values in edges(normalised(tree), first=DAY, last=later):
            cursor.execute(text, values)
            at_edge |= {pk for (pk,) in cursor.fetchall()}

    assert moved <= at_edge


@pytest.fixture
def people(db):
    return make_people(Random(7), 24)


@settings(max_examples=100, deadline=None)
@given(tree=TREES)
def test_a_rule_in_one_form_stays_as_it_is(tree):
    once = normalised(tree)

    assert normalised(once) == once
    assert canonical(once) == canonical(tree)


def test_the_hash_forgets_the_order_and_nothing_else():
    region = {"field": "region", "op": "in", "value": ["上海", "Wien"]}
    turned = {"all": [{"op": "in", "value": ["Wien", "上海", "Wien"], "field": "region"}, {**BALANCE, "value": 100.0}]}

    assert sha256_of({"all": [BALANCE, region]}) == sha256_of(turned)
    assert sha256_of({"all": [BALANCE, region]}) != sha256_of({"any": [BALANCE, region]})
    assert sha256_of({"all": [BALANCE, region]}) != sha256_of({"all": [{"not": BALANCE}, region]})


@pytest.mark.parametrize("levels", [11, 30, 900])
def test_a_rule_too_deep_is_answered_with_a_sentence(levels):
    assert "deep in each other" in refusal(deep(levels))


def test_a_rule_ten_deep_is_compiled(db):
    assert found(deep(10)) == set()


@pytest.mark.parametrize(
    ("tree", "sentence"),
    [
        (None, "In the rule: a condition or a group is expected here."),
        ([], "In the rule: a condition or a group is expected here."),
        ({}, "In the rule: write all, any, not, segment, or a field with op and value."),
        ({"all": []}, "In the rule: this group is empty: add a condition, or remove it."),
        ({"all": [BALANCE, {"any": [7]}]}, "At 2.1: a condition or a group is expected here."),
        ({"all": [BALANCE], "any": [BALANCE]}, "In the rule: write all, any, not, segment, or a field with op and value."),
        ({"all": [{"field": "phone", "op": "in", "value": ["1"]}]}, "At 1: there is no field phone."),
        ({"not": {"field": ["x"], "op": "in"}}, "At 1: there is no field …."),
        ({**BALANCE, "op": "like"}, "In the rule: Balance is not asked with like: use one of ge, le, gt, lt, eq, between."),
        ({**BALANCE, "value": "1e999"}, "In the rule: Balance: 1e999 is no number."),
        ({**BALANCE, "value": "NaN"}, "In the rule: Balance: NaN is no number."),
        ({**BALANCE, "value": True}, "In the rule: Balance: True is no number."),
        ({**BALANCE, "value": {"a": [{}]}}, "In the rule: Balance: … is no number."),
        ({**BALANCE, "op": "between", "value": ["2", "1"]}, "In the rule: Balance: the last value is below the first."),
        ({"field": "age", "op": "ge", "value": 999}, "In the rule: Age in years: 999 is no whole number from 0 to 150."),
        ({"field": "age", "op": "ge", "value": "٣"}, "In the rule: Age in years: ٣ is no whole number from 0 to 150."),
        ({"field": "last_on", "op": "within_last", "value": -1}, "In the rule: Last movement: -1 is no whole number from 0 to 36500."),
        ({"field": "last_on", "op": "before", "value": "30.6.2026"}, "In the rule: Last movement: 30.6.2026 is no day; write it as 2026-06-30."),
        ({"field": "kind", "op": "in", "value": []}, "In the rule: Kind: choose at least one value."),
        ({"field": "kind", "op": "in", "value": ["x"]}, "In the rule: Kind has no value x."),
        ({"field": "region", "op": "in", "value": ["a\x00b"]}, "In the rule: ab is no word of at most 80 signs."),
        ({"field": "region", "op": "in", "value": ["\ud800"]}, "In the rule: a word has signs that are none."),
        ({"field": "region", "op": "in", "value": ["y"] * 501}, "In the rule: Region: at most 500 values."),
        ({"field": "has_loan", "op": "is", "value": "yes"}, "In the rule: Has a running loan is yes or no."),
        ({"any": [BALANCE] * 101}, "At 101: a rule has at most 100 conditions."),
    ],
)  # fmt: skip
def test_what_is_no_rule_is_answered_with_where_and_why(db, tree, sentence):
    assert refusal(tree) == sentence


def test_a_segment_that_nobody_made_is_named(db):
    assert refusal({"segment": "nobody"}) == "There is no segment nobody."


@pytest.mark.parametrize("word", [*REGIONS, "%s", "%(x)s", "'; SELECT 1 --", "{test}", "\\'", "段正淳"])
def test_what_somebody_wrote_stays_a_value(db, word):
    sought = CustomerFactory(region=word[:40])
    CustomerFactory(region="elsewhere")
    tree = {"field": "region", "op": "in", "value": [word[:40]]}

    assert word not in compiled(normalised(tree), day=DAY)[0] or word == "%s"
    assert found(tree) == {sought.pk}


def test_only_what_a_rule_asks_about_is_joined():
    assert "customers_portrait" not in compiled({"field": "region", "op": "in", "value": ["x"]}, day=DAY)[0]
    assert "customers_portrait" in compiled(BALANCE, day=DAY)[0]


def test_whoever_is_gone_restricted_or_leads_elsewhere_is_left_out(db):
    stays = CustomerFactory(region="x")
    CustomerFactory(region="x", merged_into=stays)
    CustomerFactory(region="x", status="closed")
    for mark in ("erased_at", "restricted_at"):
        CustomerFactory(region="x", **{mark: "2026-01-01T00:00Z"})

    assert found({"field": "region", "op": "in", "value": ["x"]}) == {stays.pk}


def _a_value(field, op):
    if op == "between":
        return {Kind.DATE: ["2026-01-01", "2026-02-01"]}.get(field.kind, [1, 2])
    if field.kind in LISTED:
        return [value for value, _label in field.shown_choices()][:1] or ["x"]
    if field.kind is Kind.FLAG:
        return True
    return "2026-01-01" if op in ("before", "after") else 7


@pytest.mark.django_db
@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_every_field_with_every_operator_runs_and_can_be_said(field):
    for op in field.operators:
        tree = {"field": field.name, "op": op} | ({} if op == "known" else {"value": _a_value(field, op)})
        said = validate({"not": tree})

        assert found(said) == set()
        assert found(tree, among="(SELECT 1 AS customer_id)") == set()
        for language in ("en", "zh-hans", "zh-hant"):
            with translation.override(language):
                assert str(field.label) in explain(said)
        for text, values in edges(said, first=DAY, last=DAY + timedelta(days=2)):
            with connection.cursor() as cursor:
                cursor.execute(text, values)


def test_a_rule_reads_as_a_sentence_and_as_an_outline(db):
    tree = {"all": [BALANCE, {"not": {"any": [{"field": "region", "op": "in", "value": ["上海", "Wien"]}, {"field": "last_on", "op": "within_last", "value": 30}]}}]}  # fmt: skip

    assert explain(tree) == (
        "Balance is at least 100 and not (Region is 上海 or Wien or Last movement in the last 30 days)"
    )
    assert [(line.depth, line.text) for line in outline(tree)] == [
        (0, "all of these:"),
        (1, "Balance is at least 100"),
        (1, "not: any of these:"),
        (2, "Region is 上海 or Wien"),
        (2, "Last movement in the last 30 days"),
    ]


def test_fields_that_not_everybody_may_know_say_so():
    assert needs_of({"all": [BALANCE, {"not": {"field": "risk_level", "op": "in", "value": ["high"]}}]}) == [
        "customers.view_kycreview"
    ]
    assert needs_of(BALANCE) == []


def test_no_field_asks_about_what_is_sealed():
    sealed = {"phone", "email", "address", "identity_number", "identity_kind", "name", "card_number"}

    assert {field.name for field in FIELDS} & sealed == set()
    assert not any(f"c.{name}" in field.column + field.within for field in FIELDS for name in sealed)


@pytest.mark.parametrize(
    ("day", "years", "born"),
    [
        (date(2026, 3, 1), 18, date(2008, 3, 1)),
        (date(2026, 2, 28), 30, date(1996, 2, 28)),
        (date(2024, 2, 29), 18, date(2006, 2, 28)),
        (date(2024, 2, 29), 20, date(2004, 2, 29)),
        (date(2026, 1, 1), 2026, date.min),
    ],
)
def test_years_are_counted_to_the_birthday(day, years, born):
    assert years_before(day, years) == born


def test_a_birthday_in_february_is_kept_in_years_without_it():
    assert birthdays_within(date(2026, 2, 27), 1) == [227, 228, 229]
    assert birthdays_within(date(2024, 2, 27), 1) == [227, 228]
    assert len(birthdays_within(date(2026, 1, 1), 366)) == 366
