"""Identity numbers against the standards that define them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.rules.contacts import e164, last_four, normalise_email, normalise_identity, normalise_phone, phone_forms
from customers.rules.identifiers import (
    CREDIT_SIGNS,
    CREDIT_WEIGHTS,
    ID_CHECKS,
    birth_and_sex_of_resident_id,
    is_card_number,
    is_hong_kong_id,
    is_luhn,
    is_mobile,
    is_resident_id,
    is_social_credit_code,
    is_taiwan_id,
    mobile_e164,
    resident_id_check,
    upgrade_resident_id,
)

QUESTIONS = [is_resident_id, is_social_credit_code, is_luhn, is_card_number, is_taiwan_id, is_hong_kong_id, is_mobile]
TODAY = date(2025, 6, 1)


def test_the_example_of_gb_11643_is_valid_with_either_x():
    assert is_resident_id("11010519491231002X")
    assert is_resident_id("11010519491231002x")
    assert is_resident_id(" １１０１０５１９４９１２３１００２Ｘ ")


@pytest.mark.parametrize(
    "text",
    [
        "110105194912310021",  # wrong check sign
        "11010519491231002",  # a sign short
        "11010519491231002XX",
        "01010519491231002X",  # starts with 0
        "110105-19491231-002X",
        "1101051949123100٢X",  # a digit of another script
    ],
)
def test_a_number_that_is_wrong_in_one_place_is_refused(text):
    assert not is_resident_id(text)


@pytest.mark.parametrize(
    ("birth", "real"),
    [("20240229", True), ("20230229", False), ("19000229", False), ("20000230", False), ("19991301", False)],
)
def test_a_birth_date_must_be_a_day_that_was(birth, real):
    first17 = f"110105{birth}123"

    assert is_resident_id(first17 + resident_id_check(first17), today=TODAY) is real


def test_nobody_is_born_after_today_and_today_counts():
    first17 = "11010520250601123"
    number = first17 + resident_id_check(first17)

    assert is_resident_id(number, today=date(2025, 6, 1))
    assert not is_resident_id(number, today=date(2025, 5, 31))


def test_without_a_day_the_machine_s_date_is_meant():
    first17 = "11010529990601123"

    assert not is_resident_id(first17 + resident_id_check(first17))


def test_no_county_list_refuses_a_number():
    first17 = "99999919900101123"

    assert is_resident_id(first17 + resident_id_check(first17))


@given(st.integers(10**5, 10**6 - 1), st.dates(date(1850, 1, 1), TODAY), st.integers(0, 999), st.data())
def test_mod_11_2_finds_every_single_wrong_digit_and_every_swap_of_neighbours(county, born, sequence, draw):
    first17 = f"{county}{born:%Y%m%d}{sequence:03}"
    number = first17 + resident_id_check(first17)
    assert is_resident_id(number, today=TODAY)

    place = draw.draw(st.integers(0, 17))
    other = draw.draw(
        st.sampled_from([sign for sign in (ID_CHECKS if place == 17 else "0123456789") if sign != number[place]])
    )
    assert not is_resident_id(number[:place] + other + number[place + 1 :], today=TODAY)

    place = draw.draw(st.integers(0, 15))
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert swapped == number or not is_resident_id(swapped, today=TODAY)


def test_a_legacy_number_is_upgraded():
    assert upgrade_resident_id("150102880730303") == "150102198807303035"
    assert upgrade_resident_id("150102198807303035") == "150102198807303035"


@given(st.integers(10**5, 10**6 - 1), st.dates(date(1900, 1, 1), date(1999, 12, 31)), st.integers(0, 999))
def test_an_upgraded_number_is_valid_and_keeps_every_digit(county, born, sequence):
    upgraded = upgrade_resident_id(f"{county}{born:%y%m%d}{sequence:03}")

    assert is_resident_id(upgraded)
    assert upgraded[:17] == f"{county}{born:%Y%m%d}{sequence:03}"


@pytest.mark.parametrize(
    "text", ["", "15010288073030", "150102881330303", "150102880230303", "abcdefghijklmno", None, 15]
)
def test_what_is_no_legacy_number_is_refused_with_a_sentence(text):
    with pytest.raises(ValueError, match=r"legacy resident number.*\."):
        upgrade_resident_id(text)


def test_a_resident_number_says_birth_and_sex():
    assert birth_and_sex_of_resident_id("11010519491231002X") == (date(1949, 12, 31), "female")
    assert birth_and_sex_of_resident_id("150102880730303") == (date(1988, 7, 30), "male")
    with pytest.raises(ValueError, match="not a valid resident number"):
        birth_and_sex_of_resident_id("110105194912310021")


@pytest.mark.parametrize(
    ("code", "valid"),
    [
        ("91110000600037341L", True),
        ("91110000600037341l", True),
        ("911100006000373410", False),
        ("91350100M000100Y43", True),  # the worked example of GB 32100-2015
        ("91350100M000100Y4I", False),  # I, O, S, V, Z are not signs of the code
        ("9111000060003734", False),
    ],
)
def test_social_credit_codes_of_gb_32100(code, valid):
    assert is_social_credit_code(code) is valid


@given(st.text(CREDIT_SIGNS, min_size=9, max_size=9), st.integers(0, 999999))
def test_exactly_one_check_sign_fits_a_credit_code(body, region):
    first17 = f"91{region:06}{body}"

    fitting = [sign for sign in CREDIT_SIGNS if is_social_credit_code(first17 + sign)]

    assert len(fitting) == 1
    values = [CREDIT_SIGNS.index(sign) for sign in first17 + fitting[0]]
    assert sum(v * w for v, w in zip(values, [*CREDIT_WEIGHTS, 1], strict=True)) % 31 == 0


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("4111111111111111", True),
        ("4111 1111 1111 1111", True),
        ("4111111111111112", False),
        ("79927398713", True),  # ISO/IEC 7812-1
        ("79927398710", False),
        ("6222-6002-6000-1234", False),
        ("", False),
        ("4111111111111111a", False),
    ],
)
def test_luhn(text, passes):
    assert is_luhn(text) is passes


@given(st.integers(1, 10**18))
def test_every_number_has_one_luhn_digit(payload):
    assert sum(is_luhn(f"{payload}{digit}") for digit in range(10)) == 1


def test_a_card_has_12_to_19_digits_whether_or_not_luhn_holds():
    assert is_card_number("6222 6002 6000 1234")
    assert not is_card_number("62226002600")
    assert not is_card_number("6" * 20)


@pytest.mark.parametrize("text", ["A123456789", "a123456789", "F131104093", "A800000014"])
def test_taiwan_numbers_that_are_valid(text):
    assert is_taiwan_id(text)


@pytest.mark.parametrize("text", ["A123456788", "A323456789", "123456789A", "A12345678", ""])
def test_taiwan_numbers_that_are_not(text):
    assert not is_taiwan_id(text)


@pytest.mark.parametrize(
    ("text", "valid"),
    [("A123456(3)", True), ("A1234563", True), ("AB987654(3)", True), ("A123456(4)", False), ("A123456(3", False)],
)
def test_hong_kong_numbers(text, valid):
    assert is_hong_kong_id(text) is valid


@given(st.sampled_from("ABCDEFGHKMNPRSVWZ"), st.integers(0, 999999))
def test_exactly_one_check_digit_fits_a_hong_kong_number(letter, number):
    assert sum(is_hong_kong_id(f"{letter}{number:06}{check}") for check in "0123456789A") == 1


@pytest.mark.parametrize(
    ("text", "region", "form"),
    [
        ("13800138000", "CN", "+8613800138000"),
        ("138 0013 8000", "CN", "+8613800138000"),
        ("+86 138-0013-8000", "CN", "+8613800138000"),
        ("008613800138000", "CN", "+8613800138000"),
        ("１３８００１３８０００", "CN", "+8613800138000"),
        ("12800138000", "CN", None),
        ("1380013800", "CN", None),
        ("0912-345-678", "TW", "+886912345678"),
        ("+886 912 345 678", "TW", "+886912345678"),
        ("912345678", "TW", None),
        ("9123 4567", "HK", "+85291234567"),
        ("2123 4567", "HK", None),
    ],
)
def test_mobiles_become_e164(text, region, form):
    assert mobile_e164(text, region=region) == form


def test_a_region_that_is_not_known_is_said():
    with pytest.raises(ValueError, match="choose CN, TW or HK"):
        mobile_e164("13800138000", region="XX")


def test_telephone_numbers_have_one_written_form():
    assert normalise_phone("138 0013 8000") == normalise_phone("+86 (138) 0013-8000") == "+8613800138000"
    assert e164("010-6552 9988") == "+861065529988"
    assert e164("+44 20 7946 0958") == "+442079460958"
    assert e164("12") is None
    assert normalise_phone("12-34") == "1234"
    assert normalise_phone("no digits") == ""


def test_a_number_typed_without_its_country_is_looked_for_in_all():
    assert "+886912345678" in phone_forms("0912345678")
    assert "+85291234567" in phone_forms("9123 4567")
    assert phone_forms("138 0013 8000")[0] == "+8613800138000"
    assert phone_forms("  ") == []


def test_addresses_and_identity_numbers_have_one_written_form():
    assert normalise_email(" Duan.Dazhi@126.COM ") == "duan.dazhi@126.com"
    assert normalise_identity("150102 880730 303") == normalise_identity("15010219880730303-5") == "150102198807303035"
    assert normalise_identity("a123456(3)") == "A1234563"
    assert last_four("5134 3620 0003 2071 1x") == "711X"
    assert last_four("1234") == ""


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("garbage", [None, "", " ", 5, b"1", [], "\x00", "＊" * 18, "𝟙" * 20, "-" * 18, "X" * 18])
def test_garbage_gets_a_no_and_no_exception(question, garbage):
    assert question(garbage) is False


@given(st.text(max_size=40))
def test_no_text_makes_a_question_or_a_normal_form_fail(text):
    for question in QUESTIONS:
        assert question(text) in (True, False)
    for form in (normalise_phone, normalise_email, normalise_identity, phone_forms):
        form(text)
