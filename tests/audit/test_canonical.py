"""Canonical JSON against the vectors of RFC 8785."""

import json
import struct
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.rules.canonical import canonical_json

NUMBERS = [  # RFC 8785, appendix B: the bits of a double and how it is written
    ("0000000000000000", "0"),
    ("8000000000000000", "0"),
    ("0000000000000001", "5e-324"),
    ("8000000000000001", "-5e-324"),
    ("7fefffffffffffff", "1.7976931348623157e+308"),
    ("ffefffffffffffff", "-1.7976931348623157e+308"),
    ("4340000000000000", "9007199254740992"),
    ("c340000000000000", "-9007199254740992"),
    ("4430000000000000", "295147905179352830000"),
    ("44b52d02c7e14af5", "9.999999999999997e+22"),
    ("44b52d02c7e14af6", "1e+23"),
    ("44b52d02c7e14af7", "1.0000000000000001e+23"),
    ("444b1ae4d6e2ef4e", "999999999999999700000"),
    ("444b1ae4d6e2ef4f", "999999999999999900000"),
    ("444b1ae4d6e2ef50", "1e+21"),
    ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
    ("3eb0c6f7a0b5ed8d", "0.000001"),
    ("41b3de4355555553", "333333333.3333332"),
    ("41b3de4355555554", "333333333.33333325"),
    ("41b3de4355555555", "333333333.3333333"),
    ("41b3de4355555556", "333333333.3333334"),
    ("41b3de4355555557", "333333333.33333343"),
    ("becbf647612f3696", "-0.0000033333333333333333"),
    ("43143ff3c1cb0959", "1424953923781206.2"),
]


@pytest.mark.parametrize(("bits", "written"), NUMBERS)
def test_numbers_are_written_as_ecmascript_writes_them(bits, written):
    (number,) = struct.unpack(">d", bytes.fromhex(bits))

    assert canonical_json(number).decode() == written


def test_the_example_of_section_3_2():
    example = json.loads(
        r"""{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
             "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}"""
    )

    assert (
        canonical_json(example)
        == (
            '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
            '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
        ).encode()
    )


def test_keys_are_sorted_by_utf_16():
    """RFC 8785 section 3.2.3: the emoji's first surrogate sorts before the Hebrew presentation form."""
    example = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }

    assert list(json.loads(canonical_json(example))) == ["\r", "1", "\u0080", "ö", "€", "😀", "\ufb33"]


def test_text_is_not_normalised():
    assert canonical_json("A\u030a") == b'"A\xcc\x8a"'


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"loan": {"amount": Decimal("1.10")}}, r"at \$\.loan\.amount is a Decimal.*write it as text"),
        ({"on": [date(2024, 1, 1)]}, r"at \$\.on\[0\] is a date"),
        ({"a": b"bytes"}, r"at \$\.a is a bytes"),
        ({1: "one"}, r"key at \$ is 1, a int"),
        ([float("nan")], r"at \$\[0\] is nan"),
        ([float("-inf")], r"at \$\[0\] is -inf"),
        ({"n": 2**53}, r"at \$\.n is beyond 2\^53 - 1"),
        ({"n": -(2**53)}, r"at \$\.n is beyond"),
        (["\ud800"], r"at \$\[0\] holds half of a surrogate pair"),
        ({"\udc00": 1}, r"key at \$ holds half"),
        ({"s": {1, 2}}, r"at \$\.s is a set"),
    ],
)
def test_what_has_no_canonical_form_is_refused_where_it_is(value, sentence):
    with pytest.raises(ValueError, match=sentence):
        canonical_json(value)


def test_a_value_that_contains_itself_is_refused():
    loop = []
    loop.append(loop)

    with pytest.raises(ValueError, match="contains itself"):
        canonical_json(loop)


def test_the_largest_exact_numbers_pass():
    assert canonical_json([2**53 - 1, -(2**53) + 1, True, None]) == b"[9007199254740991,-9007199254740991,true,null]"


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=5)
    ),
    max_leaves=20,
)


@given(values)
def test_what_is_written_reads_back_and_is_its_own_canonical_form(value):
    written = canonical_json(value)
    read = json.loads(written, parse_int=float)  # as ECMAScript reads: every number is a double

    assert read == value
    assert canonical_json(read) == written


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), st.integers(0, 9), max_size=8), st.randoms())
def test_the_order_of_keys_does_not_matter(value, rng):
    shuffled = list(value.items())
    rng.shuffle(shuffled)

    assert canonical_json(dict(shuffled)) == canonical_json(value)
