import json

from audit.rules.differences import LONGEST, Difference, Shown, Sight, details, differences, shown


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
    assert [shown(value).sight for value in (None, "", 0, False)] == [Sight.EMPTY, Sight.EMPTY, Sight.PLAIN, Sight.PLAIN]


def test_a_long_value_is_cut_and_says_so():
    text = shown("字" * (LONGEST + 1)).text

    assert text == "字" * LONGEST + "…"


def test_a_read_has_details_and_a_change_has_none():
    body = json.dumps({"rows": 3})

    assert details("batch", body) == [("rows", Shown(Sight.PLAIN, "3"))]
    assert differences("batch", body) == []
    assert details("update", '{"a":[1,2]}') == []
