"""A customer is found by whatever a caller has at hand, and hostile text finds nothing and breaks nothing."""

import pytest

from customers.models import Customer
from customers.rules.search import number_in, read_search
from tests.factories.customers import CustomerFactory, HoldingFactory, PersonFactory

pytestmark = pytest.mark.django_db


def found(text):
    return set(Customer.objects.matching(text).values_list("name", flat=True))


@pytest.fixture
def people():
    PersonFactory()
    PersonFactory(
        name="王思敏",
        phone="+85291234567",
        email="wang@hk.example",
        identity_number="310101198001011238",
        address="香港",
    )
    CustomerFactory(name="Grace O'Malley-Smith")
    CustomerFactory(name="泰华建材有限公司")


@pytest.mark.parametrize("text", ["段正淳", "段", "正淳", "淳 段", " 段正 "])
def test_a_chinese_name_is_found_by_any_of_its_characters(people, text):
    assert found(text) == {"段正淳"}


@pytest.mark.parametrize("text", ["grace", "GRA", "o'malley", "smith grace", "Mal"])
def test_a_latin_name_is_found_by_beginnings_of_its_words(people, text):
    assert found(text) == {"Grace O'Malley-Smith"}


def test_a_business_is_found_by_part_of_its_name(people):
    assert found("建材") == {"泰华建材有限公司"}


@pytest.mark.parametrize("written", ["{}", "{} ", " {}"])
def test_a_customer_is_found_by_their_number_in_any_case(written):
    customer = CustomerFactory()
    customer.refresh_from_db()

    assert set(Customer.objects.matching(written.format(customer.reference.lower()))) == {customer}
    assert set(Customer.objects.matching(customer.reference.replace("-", " "))) == {customer}


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+8613800138000",
        "008613800138000",
        "+86 138 0013 8000",
        "１３８００１３８０００",
    ],
)
def test_a_phone_is_found_in_any_form(people, text):
    assert found(text) == {"段正淳"}


def test_a_phone_of_another_region_is_found_without_its_calling_code(people):
    assert found("9123 4567") == {"王思敏"}


@pytest.mark.parametrize("text", ["11010519491231002X", "110105491231002", "110105 19491231 002x"])
def test_an_identity_number_is_found_by_its_18_and_its_15_digits(people, text):
    assert found(text) == {"段正淳"}


def test_a_business_is_found_by_its_credit_code_with_letters():
    PersonFactory(name="泰华", identity_number="91310115MA1K4XYZ3T")

    assert found("91310115ma1k4xyz3t") == {"泰华"}


def test_an_address_of_mail_is_found_whatever_its_case(people):
    assert found("Duan.Zhengchun@DALI.example") == {"段正淳"}


@pytest.mark.parametrize("text", ["8000", "002X"])
def test_the_last_four_of_phone_or_identity_find(people, text):
    assert found(text) == {"段正淳"}


def test_a_card_is_found_by_its_number_and_by_its_last_four():
    HoldingFactory(customer=CustomerFactory(name="段誉"), card_number="6222021234567890123")

    assert found("6222 0212 3456 7890 123") == found("0123") == {"段誉"}


def test_a_surname_and_four_last_digits_mean_both(people):
    assert found("王 4567") == {"王思敏"}
    assert found("段 4567") == set()


HOSTILE = [
    "':*&|!()",
    "' OR 1=1 --",
    "\\",
    "a\\'b",
    "<->",
    "!!",
    "& |",
    "a:*b",
    "'",
    "''",
    "%",
    "_",
    "*",
    "(((((",
    "\u202e段",
    "\u200f",
    "😀",
    "👨‍👩‍👧‍👦 王",
    "x" * 10_000,
    "王" * 10_000,
    "1" * 10_000,
    "@",
    "a@",
    "@@@@",
    "C-",
    "C-99999999999999999999",
    "\ud7ff",
    "é́́́",
    "١٢٣٤",
    "a\tb\nc",
    "A1(2)3B'45",
    "ｆｕｌｌ",
    "ß",
    "İ",
    "\x01\x02",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_never_errors(people, text):
    assert len(Customer.objects.matching(text)[:5]) <= 4


def test_text_with_a_null_byte_never_errors(people):
    assert found("段\0正") == {"段正淳"}
    assert found("a\0@b") == set()


def test_text_without_a_word_finds_nobody_and_no_text_finds_all(people):
    assert found("!!!") == set()
    assert len(found("  ")) == 4


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("13800138000", ("number", "13800138000")),
        ("+86 138-0013-8000", ("number", "+8613800138000")),
        ("11010519491231002x", ("number", "11010519491231002x")),
        ("6222 0212 3456 7890 123", ("number", "6222021234567890123")),
        ("A123456(7)", ("document", "A123456(7)")),
        ("who@example.test", ("email", "who@example.test")),
        ("1234", ("last_four", "1234")),
        ("王 1234", ("last_four", "1234")),
        ("138001", ("", "")),
        ("C-100007", ("", "")),
        ("王明", ("", "")),
        ("wang 12", ("", "")),
        ("", ("", "")),
        ("\x00", ("", "")),
    ],
)
def test_which_searches_name_one_person_by_a_number(text, names):
    assert number_in(read_search(text)) == names
