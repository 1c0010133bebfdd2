import json
import uuid
from datetime import UTC, datetime

from audit.rules.differences import LONGEST, Difference, Shown, Sight, details, differences, shown
from audit.rules.request_ids import request_id, time_of


def test_an_update_shows_before_and_after():
    body = '{"state":["open","closed"],"amount":[1.50,2]}'

    assert differences("update", body) == [
        Difference("state", Shown(Sight.PLAIN, "open"), Shown(Sight.PLAIN, "closed")),
        Difference("amount", Shown(Sight.PLAIN, "1.5"), Shown(Sight.PLAIN, "2")),
    ]


def test_an_insert_has_no_before_and_a_delete_no_after():
    body = '{"name": "x"}'

    assert differences("insert", body) == [Difference("name", None, Shown(Sight.PLAIN, "x"))]
    assert differences("delete", body) == [Difference("name", Shown(Sight.PLAIN, "x"), None)]


def test_a_personal_value_shows_only_the_beginning_of_its_hash():
    assert shown({"sha256": "0123456789abcdef"}) == Shown(Sight.PERSONAL, "01234567")


def test_a_withheld_value_shows_nothing():
    assert shown({"withheld": True}) == Shown(Sight.WITHHELD)


def test_json_that_merely_resembles_a_mark_is_shown():
    assert shown({"withheld": True, "by": "us"}).sight == Sight.PLAIN


def test_null_and_empty_text_are_both_empty_and_zero_and_false_are_not():
    assert [shown(value).sight for value in (None, "", 0, False)] == [
        Sight.EMPTY,
        Sight.EMPTY,
        Sight.PLAIN,
        Sight.PLAIN,
    ]


def test_a_long_value_is_cut_and_says_so():
    text = shown("字" * (LONGEST + 1)).text

    assert text == "字" * LONGEST + "…"


def test_a_read_has_details_and_a_change_has_none():
    body = json.dumps({"rows": 3})

    assert details("batch", body) == [("rows", Shown(Sight.PLAIN, "3"))]
    assert differences("batch", body) == []
    assert details("update", '{"a":[1,2]}') == []


def test_a_request_id_is_the_published_example_of_version_7():
    # RFC 9562, appendix A.6: 2022-02-22 19:22:22 UTC, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F.
    chance = (0xCC3 << 64 | 0x18C4DC0C0C07398F).to_bytes(10, "big")

    assert request_id(0x017F22E279B0, chance) == uuid.UUID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")


def test_a_request_id_tells_when_it_was_made():
    assert time_of(uuid.UUID("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")) == datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)


def test_an_id_that_is_none_of_ours_tells_a_time_all_the_same():
    assert time_of(uuid.UUID(int=2**128 - 1)) == datetime(1970, 1, 1, tzinfo=UTC)
