"""A caller is found by a surname and the last digits of a number in one search, in either order, in list and palette."""

import pytest

from customers.models import Customer
from customers.rules.search import read_search
from tests.factories import UserFactory
from tests.factories.customers import PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def wang():
    PersonFactory(name="王建国", phone="+8613900005678", identity_number="310101198001011238")
    PersonFactory(name="李思敏", phone="+8613812345678", identity_number="310101198001011254")
    wang = PersonFactory(name="王思敏", phone="+8613812345678", identity_number="31010119800101127X")
    wang.refresh_from_db()
    return wang


@pytest.mark.parametrize("digits", ["45678", "345678", "2345678", "12345678"])
@pytest.mark.parametrize("form", ["王 {}", "{} 王", "王{}", "{}王", "  敏王   {} "])
def test_a_surname_and_five_to_eight_last_digits_find_one_caller(wang, digits, form):
    assert list(Customer.objects.matching(form.format(digits))) == [wang]


@pytest.mark.parametrize("text", ["王 5678", "5678 王", "王5678"])
def test_four_last_digits_find_all_who_bear_both(wang, text):
    assert {one.name for one in Customer.objects.matching(text)} == {"王建国", "王思敏"}


@pytest.mark.parametrize("text", ["王 95678", "赵 12345678", "王 00012345678"])
def test_a_digit_too_many_or_another_name_finds_nobody(wang, text):
    assert list(Customer.objects.matching(text)) == []


def test_the_end_of_an_identity_number_counts_too(wang):
    assert list(Customer.objects.matching("王 1127X")) == [wang]


@pytest.mark.parametrize("text", ["王 45678", "45678 王"])
def test_the_list_and_the_palette_find_them(client, wang, text):
    client.force_login(UserFactory(role="service"))

    for address in ("/customers/", "/palette/"):
        assert wang.reference in client.get(address, {"q": text}).content.decode()


def test_a_long_number_alone_stays_a_whole_number():
    assert read_search("12345678").number == "12345678"
    assert read_search("王 12345678").tail == "12345678"
