"""Everybody's portraits, drawn in ranges on connections of their own where there are many customers."""

import random
from datetime import timedelta

import pytest

from customers.models import Portrait
from customers.services import portraits as service
from tests.customers.histories import COLUMNS, DAY, arrive, make_customer, random_movements
from tests.database_roles import as_superuser


def drawn():
    service.draw_portraits(business_date=DAY, whole=True)
    return list(Portrait.objects.order_by("pk").values_list("pk", *COLUMNS))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("parts", [2, 3])
def test_ranges_side_by_side_give_what_one_range_gives(monkeypatch, settings, parts):
    chance = random.Random(11)
    customers = [make_customer(f"c{number}") for number in range(8)]
    arrive(*random_movements(chance, customers[:7], DAY - timedelta(days=200), DAY, 160))
    arrive(*random_movements(chance, customers[:7], DAY - timedelta(days=200), DAY, 60), line="fund")
    one = drawn()
    with as_superuser():
        Portrait.objects.all().delete()
    settings.NIGHTLY_CONNECTIONS = parts
    monkeypatch.setattr(service, "WORTH_SPLITTING", 0)

    assert drawn() == one
    assert len(one) == 8


@pytest.mark.django_db
def test_a_sample_that_finds_nothing_parts_the_customers_evenly():
    assert service._splits(1, 100, 4) == [26, 51, 76]
