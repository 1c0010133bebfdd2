from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from products.models import BusinessLine, Product, ProductRate, ProductVersion
from products.rules.status import MOVES, may_move, overlap, why_not
from products.rules.terms import Term, missing_terms, read_term
from products.services.lines import switch_line
from products.services.prices import set_rate
from products.services.products import (
    change_version,
    create_product,
    move_product,
    propose_version,
    start_version,
    submit_version,
)
from tests.factories.changes import agreed
from tests.factories.products import ProductFactory
from tests.factories.staff import UserFactory, past_the_guards

pytestmark = pytest.mark.django_db


def test_nothing_leaves_the_closed_state():
    assert MOVES["closed"] == frozenset()
    assert not may_move("closed", "on_sale")


def test_a_product_without_a_submitted_version_is_not_sold():
    assert why_not("approved", "on_sale", has_submitted_version=False, line_is_on=True) == "version"


def test_dated_rows_that_touch_on_one_day_overlap():
    assert overlap((date(2026, 1, 1), date(2026, 1, 31)), (date(2026, 1, 31), None))
    assert not overlap((date(2026, 1, 1), date(2026, 1, 30)), (date(2026, 1, 31), None))


@pytest.mark.parametrize("text", ["-1", "abc", "NaN", "Infinity", "1.2.3"])
def test_a_term_that_is_no_amount_is_refused(text):
    with pytest.raises(ValueError, match="write a number"):
        read_term(Term("limit", "Limit", "amount"), text)


def test_months_may_be_written_with_a_chinese_comma():
    assert read_term(Term("months", "Months", "numbers"), "6，12, 24") == [6, 12, 24]


def test_a_fund_without_settlement_lacks_a_term():
    assert [term.name for term in missing_terms("fund", {"benchmark": "CSI 300"})] == ["settlement"]


def test_a_new_product_is_a_draft_with_a_draft_version():
    product = create_product(
        actor=UserFactory(),
        at=timezone.now(),
        code="x",
        name="X",
        line=BusinessLine.objects.get(code="fund"),
        currency="CNY",
        jurisdiction="CN",
        version={"risk_rating": "R4", "terms": {}},
    )

    assert (product.status, product.versions.get().state, product.version) == ("draft", "draft", None)


def test_a_submitted_version_never_changes_not_even_by_sql():
    version = ProductFactory().version

    with pytest.raises(ValidationError, match="never changes"):
        change_version(actor=UserFactory(), version_id=version.pk, description="other")
    for statement in (
        "UPDATE products_productversion SET risk_rating = 'R5' WHERE id = %s",
        "DELETE FROM products_productversion WHERE id = %s",
    ):
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [version.pk])


def test_a_new_version_starts_as_a_copy_and_comes_into_force_when_submitted():
    product, actor = ProductFactory(risk_rating="R2"), UserFactory()

    draft = start_version(actor=actor, product_id=product.pk, at=timezone.now())
    change_version(actor=actor, version_id=draft.pk, risk_rating="R3")
    product.refresh_from_db()
    before = product.version.number
    with pytest.raises(DatabaseError, match="needs an approved change request"), transaction.atomic():
        submit_version(actor=actor, version_id=draft.pk, at=timezone.now())
    asked = propose_version(
        actor=UserFactory(role="product"), version_id=draft.pk, reason="New terms", at=timezone.now()
    )
    assert [row[0] for row in asked.differences] == ["Version in force", "Risk rating"]
    agreed(asked, UserFactory(role="compliance"))

    product.refresh_from_db()
    assert (before, product.version.number, product.version.risk_rating) == (1, 2, "R3")
    assert product.versions.get(number=1).risk_rating == "R2"


def test_a_product_has_one_draft_version_at_a_time():
    product, actor = ProductFactory(), UserFactory()
    start_version(actor=actor, product_id=product.pk, at=timezone.now())

    with pytest.raises(ValidationError, match="still a draft"):
        start_version(actor=actor, product_id=product.pk, at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        ProductVersion.objects.create(product=product, number=9, risk_rating="R1", created_at=timezone.now())


def test_a_version_that_lacks_terms_is_not_submitted():
    product = ProductFactory(line=BusinessLine.objects.get(code="fund"), version=None, status="draft")
    draft = start_version(actor=UserFactory(), product_id=product.pk, at=timezone.now())

    with pytest.raises(ValidationError, match="Settlement"):
        submit_version(actor=UserFactory(), version_id=draft.pk, at=timezone.now())


def test_a_product_moves_only_the_allowed_way_and_says_why():
    product = ProductFactory(status="draft")

    with pytest.raises(ValidationError, match="does not move"):
        move_product(actor=UserFactory(), product_id=product.pk, to="on_sale", reason="hurry")
    move_product(actor=UserFactory(), product_id=product.pk, to="review", reason="ready for review")

    assert Product.objects.get(pk=product.pk).status == "review"


def test_whoever_submitted_a_version_does_not_approve_it():
    maker, product = UserFactory(), ProductFactory(status="review")
    draft = start_version(actor=maker, product_id=product.pk, at=timezone.now())
    with past_the_guards():
        submit_version(actor=maker, version_id=draft.pk, at=timezone.now())

    with pytest.raises(ValidationError, match="does not approve"):
        move_product(actor=maker, product_id=product.pk, to="approved", reason="looks right")
    move_product(actor=UserFactory(), product_id=product.pk, to="approved", reason="looks right")


def test_a_line_that_is_switched_off_sells_nothing_and_keeps_its_products():
    product = ProductFactory(status="suspended")
    switch_line(actor=UserFactory(), code="payment", on=False, reason="wound down", at=date(2026, 1, 5))

    with pytest.raises(ValidationError, match="switched off"):
        move_product(actor=UserFactory(), product_id=product.pk, to="on_sale", reason="again")

    assert Product.objects.filter(line="payment").count() == 1


def test_a_new_rate_ends_the_one_before_it_on_the_eve():
    product, today = ProductFactory(), date(2026, 3, 1)
    common = {"actor": UserFactory(), "product_id": product.pk, "kind": "interest", "amount_from": 0, "today": today}
    set_rate(**common, annual_rate="0.10", valid_from=today)

    set_rate(**common, annual_rate="0.12", valid_from=date(2026, 4, 1))

    rows = ProductRate.objects.filter(product=product).order_by("valid_from").values_list("valid_from", "valid_to")
    assert list(rows) == [(date(2026, 3, 1), date(2026, 3, 31)), (date(2026, 4, 1), None)]


def test_the_past_of_a_rate_is_not_rewritten():
    with pytest.raises(ValidationError, match="not rewritten"):
        set_rate(
            actor=UserFactory(),
            product_id=ProductFactory().pk,
            kind="interest",
            amount_from=0,
            annual_rate="0.1",
            valid_from=date(2026, 1, 1),
            today=date(2026, 3, 1),
        )
