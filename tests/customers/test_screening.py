"""Screening: customers are held against the lists, and who may be somebody on one is a hit."""

import threading
from datetime import date

import pytest
from django.db import connection

from customers import encryption
from customers.models import KycRule, ScreeningHit, ScreeningState
from customers.services import screening
from customers.services.screening import screen_customers
from staff.models import Notification
from tests.customers.screening import NOW, a_customer, load, pairs
from tests.factories import UserFactory
from tests.factories.customers import IdentityDocumentFactory
from tests.factories.rules import standing_rule

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("screening_apart")]


# Hits ----------------------------------------------------------------------------------------------------------------
def test_a_new_customer_is_held_against_the_lists_once(officer):
    load(officer, "1,person,Duan Zhengchun,,,,", "2,person,John Smith,,,,")
    a_customer("段正淳")
    a_customer("王小明")

    assert screen_customers(at=NOW, only_new=True) == 2
    assert screen_customers(at=NOW, only_new=True) == 0

    assert pairs() == [("段正淳", "1", "open")]
    hit = ScreeningHit.objects.get()
    assert hit.score == 100
    assert [pair[2] for pair in hit.matched["pairs"]] == ["same"] * 3


def test_a_new_version_holds_those_who_are_known_against_what_is_new_in_it(officer):
    load(officer, "1,person,John Smith,,,,")
    a_customer("段正淳")
    screen_customers(at=NOW)

    version = load(officer, "1,person,John Smith,,,,", "2,person,Somebody Else,段正淳,,,")

    assert pairs() == [("段正淳", "2", "open")]
    assert version.screened_at is not None


def test_a_birth_date_speaks_for_and_against(officer):
    load(
        officer,
        "1,person,Duan Zhengchun,,1962-03-14,,",
        "2,person,Duan Zhengchun,,1970,,",
        "3,person,Duan Zhengchun,,,CN,",
    )
    a_customer(birth_date=date(1962, 3, 14), jurisdiction="CN")

    screen_customers(at=NOW)

    found = {hit.entry.external_id: (hit.score, hit.matched["points"]) for hit in ScreeningHit.objects.all()}
    assert found == {
        "1": (100, [["same_birth_date", 6]]), "2": (86, [["other_birth_year", -14]]), "3": (100, [["same_country", 2]]),
    }  # fmt: skip


def test_the_threshold_is_that_of_the_table(officer):
    load(officer, "1,person,Duan Zhengchun,,1970,,")
    a_customer(birth_date=date(1962, 3, 14))
    standing_rule(KycRule, code="screening_threshold", value=90, unit="percent", valid_from=date(2026, 1, 1))

    screen_customers(at=NOW)

    assert pairs() == []


def test_one_number_is_enough_whatever_the_names(officer):
    load(officer, "1,person,Nobody Alike,,,,11010519491231002X;E7654321")
    a_customer("王小明", identity_index=encryption.identity_index("11010519491231002X"))
    holder = a_customer("李四光")
    IdentityDocumentFactory(customer=holder, kind="passport", number="E7654321")

    screen_customers(at=NOW)

    assert [(hit.customer.name, hit.matched["points"]) for hit in ScreeningHit.objects.order_by("pk")] == [
        ("王小明", [["identifier", 100]]), ("李四光", [["identifier", 100]]),
    ]  # fmt: skip


def test_a_person_is_not_a_company(officer):
    load(officer, "1,entity,Duan Zhengchun,,,,")
    a_customer("段正淳")
    a_customer("段正淳", kind="business")

    screen_customers(at=NOW)

    assert ScreeningHit.objects.get().customer.kind == "business"


def test_those_who_handle_hits_are_told_once_a_day_and_nobody_is_named(officer):
    clerk = UserFactory(role="service")
    load(officer, "1,person,Duan Zhengchun,,,,")
    for _number in range(2):
        a_customer()
        screen_customers(at=NOW)

    told = Notification.objects.filter(user=officer, key__startswith="screening:").get()
    assert "段" not in told.title + told.body
    assert not Notification.objects.filter(user=clerk).exists()


# Killed, twice, in parallel ------------------------------------------------------------------------------------------
def test_screening_that_is_killed_goes_on_where_it_was(officer, monkeypatch):
    load(officer, "1,person,Duan Zhengchun,,,,")
    for _number in range(5):
        a_customer()
    monkeypatch.setattr(screening, "CHUNK", 2)
    whole, calls = screening._screen_chunk, []

    def dies_in_the_second(ids, against, at):
        calls.append(ids)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return whole(ids, against, at)

    monkeypatch.setattr(screening, "_screen_chunk", dies_in_the_second)
    with pytest.raises(KeyboardInterrupt):
        screen_customers(at=NOW)
    assert ScreeningHit.objects.count() == 2

    assert screen_customers(at=NOW) == 3
    assert ScreeningHit.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_find_each_hit_once():
    officer = UserFactory(role="compliance")
    load(officer, "1,person,Duan Zhengchun,,,,")
    for _number in range(20):
        a_customer()
    errors = []

    def work():
        try:
            screen_customers(at=NOW)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert ScreeningHit.objects.count() == 20
    assert ScreeningState.objects.count() == 20
