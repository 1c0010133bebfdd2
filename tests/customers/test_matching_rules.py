"""In which forms records of one person agree: how a name is written and sounds, and an address."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.rules.matching import address_form, name_form, sound_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("张伟", "張偉"),  # simplified and traditional
        ("张伟", "Zhang Wei"),
        ("Wei Zhang", "ZHANG WEI"),  # order and case
        ("王伟明", "Wang Weiming"),
        ("欧阳菲菲", "OUYANG Feifei"),
        ("Müller, Jürgen", "Jurgen Muller"),
        ("Jon Smith", "John Smith"),
        ("Catherine", "Katherine"),
        ("Ｗａｎｇ", "wang"),  # full width
    ],
)
def test_names_that_sound_alike_have_one_sound(one, other):
    assert sound_of(one) == sound_of(other)


@pytest.mark.parametrize(
    ("one", "other"), [("王伟", "王芳"), ("李雷", "韩梅梅"), ("Anna Smith", "Peter Smith"), ("😀", "😁")]
)
def test_names_that_sound_otherwise_have_two(one, other):
    assert sound_of(one) != sound_of(other)


def test_a_business_is_called_the_same_whatever_its_legal_form():
    assert name_form("华盛电子有限公司", is_business=True) == name_form("华盛电子股份有限公司", is_business=True)
    assert name_form("ACME Trading Co., Ltd.", is_business=True) == name_form("acme trading GmbH", is_business=True)
    assert name_form("有限公司", is_business=True)  # a name of nothing else is still one


def test_addresses_agree_across_numerals_width_and_spaces():
    assert address_form("北京市朝阳区建国路八十八号院二单元") == address_form("北京市朝阳区 建国路88号院，２单元")
    assert address_form("12 Queen's Road, Room 3") == address_form("12 queen s rd rm 3")
    assert address_form("建国路一百零八号") == address_form("建国路108号")
    assert address_form("建国路18号") != address_form("建国路81号")


@given(st.text(min_size=1, max_size=300))
def test_any_text_has_a_form_and_a_sound_that_do_not_depend_on_case(text):
    assert isinstance(name_form(text), str)
    assert isinstance(sound_of(text), str)
    assert isinstance(address_form(text), str)
    assert sound_of(text) == sound_of(" " + text)
