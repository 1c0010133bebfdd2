from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing.rules.accruals import expected_liability, postings
from marketing.rules.coupon_codes import ALPHABET, check_sign, drawn_code, read_code, shown_code
from marketing.rules.discounts import OFF_THE_PRICE, discount, worth_most
from marketing.rules.offer_kinds import BadTerms, read_terms
from marketing.rules.red_packets import chance, shares
from marketing.rules.stacking import AFTER, ALL, ALONE, BEFORE, OTHER_GROUPS, Policy, Taken, give

AMOUNTS = st.decimals("0.01", "1000000000000", places=2)
TERMS = {
    "threshold": {"tiers": [{"spend": "300", "save": "30"}, {"spend": "500", "save": "70"}]},
    "percentage": {"percent": "12.5", "cap": "50", "least": "10"},
    "fixed": {"amount": "20", "least": "100"},
    "rate_uplift": {"points": "0.5", "days": 30, "day_count": 365, "cap": "500"},
    "fee_waiver": {"percent": "100", "cap": "30"},
    "gift": {"gift": "Umbrella", "amount": "12.50"},
    "red_packet": {"form": "fixed", "amount": "8.88"},
}


def given_for(kind, amount, **terms):
    return discount(kind, read_terms(kind, terms or TERMS[kind]), Decimal(amount))


@pytest.mark.parametrize(
    ("kind", "amount", "gives"),
    [
        ("threshold", "299.99", "0"), ("threshold", "300", "30"), ("threshold", "499.99", "30"), ("threshold", "500", "70"),
        ("percentage", "9.99", "0"), ("percentage", "10", "1.25"), ("percentage", "10.07", "1.25"),
        ("percentage", "400", "50"), ("percentage", "100000", "50"),
        ("fixed", "99.99", "0"), ("fixed", "100", "20"),
        ("rate_uplift", "10000", "4.10"),  # 10,000 × 0.5% × 30 / 365 = 4.1095…, rounded down as the terms say
        ("rate_uplift", "100000000", "500"),
        ("fee_waiver", "12.34", "12.34"), ("fee_waiver", "99", "30"),
        ("gift", "1", "12.50"), ("red_packet", "1", "8.88"),
    ],
)  # fmt: skip
def test_each_kind_gives_what_its_terms_say_to_the_cent(kind, amount, gives):
    assert given_for(kind, amount) == Decimal(gives)


def test_rounding_is_the_terms_own():
    terms = {"percent": "10", "cap": "50"}
    assert given_for("percentage", "10.15", **terms) == Decimal("1.01")
    assert given_for("percentage", "10.15", **terms, way="half_up") == Decimal("1.02")
    assert given_for("percentage", "18.50", **terms, step="1", way="half_up") == Decimal("2.00")


@pytest.mark.parametrize("kind", sorted(TERMS))
@given(amount=AMOUNTS)
def test_nothing_is_negative_more_than_its_most_or_more_than_the_price(kind, amount):
    terms = read_terms(kind, TERMS[kind])
    gives = discount(kind, terms, amount)

    assert 0 <= gives <= worth_most(kind, terms)
    assert gives == gives.quantize(Decimal("0.01"))
    assert kind not in OFF_THE_PRICE or gives <= amount


@pytest.mark.parametrize("amount", ["0", "-1", "NaN", "Infinity", "1000000000000.01"])
def test_an_amount_that_is_none_is_refused(amount):
    with pytest.raises(ValueError, match="above nought"):
        given_for("fixed", amount)


@pytest.mark.parametrize(
    ("kind", "terms", "where"),
    [
        ("threshold", {"tiers": []}, "tiers"),
        ("threshold", {"tiers": [{"spend": "30", "save": "31"}]}, "tiers"),
        ("threshold", {"tiers": [{"spend": "30", "save": "3"}, {"spend": "30", "save": "4"}]}, "tiers"),
        ("threshold", {"tiers": "300 30"}, "tiers"),
        ("percentage", {"percent": "0", "cap": "5"}, "percent"),
        ("percentage", {"percent": "101", "cap": "5"}, "percent"),
        ("percentage", {"percent": "10"}, "cap"),
        ("percentage", {"percent": "10", "cap": "5", "step": "0.03"}, "step"),
        ("fixed", {"amount": "-5"}, "amount"), ("fixed", {"amount": "0.001"}, "amount"),
        ("fixed", {"amount": True}, "amount"), ("fixed", {"amount": "1e400"}, "amount"), ("fixed", {"amount": "５０元"}, "amount"),
        ("rate_uplift", {"points": "1", "days": 0, "cap": "5"}, "days"),
        ("rate_uplift", {"points": "1", "days": 30, "day_count": 364, "cap": "5"}, "day_count"),
        ("gift", {"gift": " ", "amount": "5"}, "gift"),
        ("red_packet", {"form": "random", "low": "5", "high": "4"}, "high"),
        ("red_packet", {"form": "shared", "amount": "0.05", "parts": 6}, "parts"),
        ("lottery", {}, "kind"), ("fixed", [], "terms"), ("fixed", None, "terms"),
    ],
)  # fmt: skip
def test_terms_that_mean_nothing_are_refused_beside_their_field(kind, terms, where):
    with pytest.raises(BadTerms) as refused:
        read_terms(kind, terms)
    assert refused.value.where == where


@given(cents=st.integers(1, 1_000_000), parts=st.integers(1, 200), seed=st.text(max_size=8))
def test_shares_sum_to_the_total_each_has_a_cent_and_a_seed_draws_the_same_again(cents, parts, seed):
    total = Decimal(cents) / 100
    if cents < parts:
        with pytest.raises(ValueError, match="does not divide"):
            shares(total, parts, seed=seed)
        return
    drawn = shares(total, parts, seed=seed)
    assert (sum(drawn), len(drawn)) == (total, parts)
    assert min(drawn) >= Decimal("0.01")
    assert drawn == shares(total, parts, seed=seed)


def test_no_place_in_the_queue_is_worth_more_than_another():
    """10,000 packets of 10.00 in 5: each place is worth 2.00 on the average (standard error about 0.016)."""
    drawn = [shares(Decimal(10), 5, seed=str(n)) for n in range(10_000)]
    means = [sum(packet[place] for packet in drawn) / len(drawn) for place in range(5)]
    assert all(abs(mean - 2) < Decimal("0.08") for mean in means)


def test_a_random_red_packet_lies_within_its_bounds_and_its_seed_proves_it():
    terms = read_terms("red_packet", {"form": "random", "low": "0.50", "high": "8.88"})
    drawn = [discount("red_packet", terms, Decimal(1), random=chance(str(n))) for n in range(2_000)]
    assert min(drawn) >= Decimal("0.50")
    assert max(drawn) <= Decimal("8.88")
    assert len(set(drawn)) > 500
    assert drawn[7] == discount("red_packet", terms, Decimal(1), random=chance("7"))


SECRETS = st.binary(min_size=32, max_size=32)


@given(secret=SECRETS, ordinal=st.integers(0, 10**9))
def test_a_code_is_read_however_it_is_typed(secret, ordinal):
    code = drawn_code(secret, ordinal)
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in code)
    assert {read_code(text) for text in (code, shown_code(code), code.lower(), f"  {shown_code(code)}\n", wide)} == {
        code
    }


@given(secret=SECRETS, place=st.integers(0, 15), other=st.sampled_from(ALPHABET))
def test_every_single_wrong_sign_is_found(secret, place, other):
    code = drawn_code(secret, 1)
    wrong = code[:place] + other + code[place + 1 :]
    if wrong != code:
        with pytest.raises(ValueError, match="sign"):
            read_code(wrong)


@given(secret=SECRETS, place=st.integers(0, 14))
def test_neighbours_that_were_exchanged_are_found(secret, place):
    code = drawn_code(secret, 1)
    one, other = code[place : place + 2]
    if one != other and {one, other} != {ALPHABET[0], ALPHABET[-1]}:
        with pytest.raises(ValueError, match="exchanged"):
            read_code(code[:place] + other + one + code[place + 2 :])


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ABCD",
        "0" * 16,
        "O" * 16,
        "'; DROP TABLE--12",
        "优惠券优惠券优惠券优惠券优惠券优",
        "A" * 10_000,
        "\x00" * 16,
    ],
)
def test_what_is_no_code_is_told_why(typed):
    with pytest.raises(ValueError, match="code|sign"):
        read_code(typed)


def test_codes_of_a_million_differ_and_end_with_their_check():
    codes = {drawn_code(b"k" * 32, n) for n in range(20_000)}
    assert len(codes) == 20_000
    assert all(check_sign(code[:-1]) == code[-1] for code in codes)


TEN_PERCENT = lambda base: (base / 10).quantize(Decimal("0.01"))  # noqa: E731


def on(amount, **policy):
    return Taken(Policy(**policy), Decimal(amount), True)


@pytest.mark.parametrize(
    ("policy", "taken", "gives"),
    [
        (Policy(group="a", base=AFTER), [on(100, group="b")], "20.00"),
        (Policy(group="a", base=BEFORE), [on(100, group="b")], "30.00"),
        (Policy(group="a", with_others=OTHER_GROUPS), [on(100, group="a")], "0.00"),
        (Policy(group="a", with_others=ALL), [on(100, group="a", with_others=ALL)], "20.00"),
        (Policy(group="a", with_others=ALL), [on(100, group="a", with_others=OTHER_GROUPS)], "0.00"),
        (Policy(with_others=ALONE), [], "30.00"),
        (Policy(with_others=ALONE), [on(1, with_others=ALL)], "0.00"),
        (Policy(with_others=ALL), [on(1, with_others=ALONE)], "0.00"),
        (Policy(group="a", most=Decimal("0.35")), [on(100, group="b")], "5.00"),
        (Policy(group="a"), [on(100, group="b", most=Decimal("0.34"))], "2.00"),
        (Policy(group="a"), [on(300, group="b")], "0.00"),
    ],
)
def test_offers_go_together_as_both_of_them_say(policy, taken, gives):
    assert give(policy, Decimal(300), taken, off_the_price=True, given=TEN_PERCENT) == Decimal(gives)


@given(
    order=AMOUNTS,
    parts=st.lists(st.tuples(st.sampled_from([BEFORE, AFTER]), st.decimals("0.01", "1", places=2)), max_size=6),
)
def test_discounts_together_never_exceed_the_order(order, parts):
    taken = []
    for place, (base, share) in enumerate(parts):
        policy = Policy(with_others=ALL, base=base, place=place)
        gives = give(
            policy,
            order,
            taken,
            off_the_price=True,
            given=lambda amount, share=share: (amount * share).quantize(Decimal("0.01")),
        )
        taken.append(Taken(policy, gives, True))
    assert 0 <= sum(one.amount for one in taken) <= order


@given(*[st.decimals(0, 10**9, places=2)] * 4)
def test_a_close_brings_the_liability_to_what_is_owed_and_balances(before, paid, back, after):
    lines = postings(before=before, paid=paid, taken_back=back, after=after)
    owed = before + sum(line.amount for line in lines if line.credit == "offer_liability")
    owed -= sum(line.amount for line in lines if line.debit == "offer_liability")
    assert owed == after
    assert all(line.amount > 0 and line.debit != line.credit for line in lines)


def test_liability_is_what_is_expected_of_coupons_and_all_of_what_is_reserved():
    said = {"unredeemed": Decimal(1000), "rate": Decimal("0.6"), "reserved": Decimal(50)}
    assert expected_liability(**said, free=Decimal(5000)) == Decimal("650.00")
    assert expected_liability(**said, free=Decimal(200)) == Decimal("250.00")
    with pytest.raises(ValueError, match="between 0 and 1"):
        expected_liability(unredeemed=Decimal(1), rate=Decimal("1.1"), reserved=Decimal(0), free=Decimal(1))
