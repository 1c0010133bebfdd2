"""Changing the key: everything readable before, during and after, and nothing written over."""

import base64
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from customers.encryption import key_id_of
from customers.models import Customer
from customers.services import key_rotation
from customers.services.key_rotation import models_with_sealed_fields, rotate_keys
from tests.customers.people import make_customer

OLD = "old:" + base64.b64encode(b"o" * 32).decode()
NEW = "new:" + base64.b64encode(b"n" * 32).decode()

pytestmark = pytest.mark.django_db


@pytest.fixture
def customers(settings):
    """Five customers under the old key, in a ring whose first key is the new one."""
    settings.MERIDIAN_KEYS = OLD
    made = [make_customer(phone=f"+861380013800{k}", address=None if k % 2 else f"{k}号") for k in range(5)]
    settings.MERIDIAN_KEYS = f"{NEW},{OLD}"
    return made


def keys_in_use(column="phone"):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM customers_customer WHERE {column} IS NOT NULL ORDER BY id")
        return [key_id_of(value) for (value,) in cursor.fetchall()]


def of_customers(rotations):
    return next(rotation for rotation in rotations if rotation.model == "customers.Customer")


def test_every_value_comes_under_the_new_key_and_reads_the_same(customers, settings):
    rotation = of_customers(rotate_keys(batch_size=2))

    settings.MERIDIAN_KEYS = NEW
    assert (rotation.found, rotation.sealed, rotation.unreadable) == (5, 5, [])
    assert keys_in_use() == ["new"] * 5
    assert keys_in_use("address") == ["new"] * 3
    assert list(Customer.objects.order_by("pk").values_list("phone", "address")) == [
        (f"+861380013800{k}", None if k % 2 else f"{k}号") for k in range(5)
    ]


def test_a_second_run_finds_nothing(customers):
    rotate_keys()

    assert [(rotation.found, rotation.sealed) for rotation in rotate_keys()] == [(0, 0)] * len(
        list(models_with_sealed_fields())
    )


def test_a_dry_run_counts_and_writes_nothing(customers):
    rotation = of_customers(rotate_keys(dry_run=True))

    assert (rotation.found, rotation.sealed) == (5, 0)
    assert keys_in_use() == ["old"] * 5


def test_stopped_in_the_middle_it_goes_on_from_there(customers, monkeypatch):
    batches = []

    def stop(model, done, found):
        batches.append(done)
        if done >= 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate_keys(batch_size=2, progress=stop)

    assert sorted(keys_in_use()) == ["new"] * 2 + ["old"] * 3
    assert of_customers(rotate_keys(batch_size=2)).sealed == 3
    assert keys_in_use() == ["new"] * 5


def test_a_value_that_does_not_open_is_named_and_left(customers):
    broken = customers[2]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE customers_customer SET phone = '\\x0103' WHERE id = %s", [broken.pk])

    rotation = of_customers(rotate_keys(batch_size=2))

    assert rotation.sealed == 4
    assert len(rotation.unreadable) == 1
    assert f"customers.Customer {broken.pk}, phone:" in rotation.unreadable[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM customers_customer WHERE id = %s", [broken.pk])
        assert bytes(cursor.fetchone()[0]) == b"\x01\x03"


def test_blind_indexes_and_other_columns_stay_as_they_are(customers):
    before = list(Customer.objects.order_by("pk").values_list("name", "phone_index", "joined_on", "status"))

    rotate_keys()

    assert list(Customer.objects.order_by("pk").values_list("name", "phone_index", "joined_on", "status")) == before


@pytest.mark.parametrize("count", [1, 3])
def test_a_batch_costs_the_same_queries_for_any_rows(settings, django_assert_max_num_queries, count):
    settings.MERIDIAN_KEYS = OLD
    for k in range(count):
        make_customer(phone=f"{k}")
    settings.MERIDIAN_KEYS = f"{NEW},{OLD}"

    with django_assert_max_num_queries(10 + 6 * len(list(models_with_sealed_fields()))):
        key_rotation.rotate_keys()


def test_the_command_says_what_it_did(customers):
    out = StringIO()

    call_command("rotate_keys", "--batch", "2", stdout=out)

    assert "customers.Customer: 5 rows under older keys, 5 sealed again" in out.getvalue()
    assert "Everything is sealed under the key “new”" in out.getvalue()


def test_the_command_fails_where_a_value_does_not_open(customers):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE customers_customer SET phone = '\\x00' WHERE id = %s", [customers[0].pk])

    with pytest.raises(CommandError, match="1 values could not be opened"):
        call_command("rotate_keys", stdout=StringIO())


def test_a_batch_of_nothing_is_refused():
    with pytest.raises(CommandError, match="--batch takes"):
        call_command("rotate_keys", "--batch", "0")
