"""Rows of watch lists: our own layout, that of the OFAC SDN list, and what a hostile file may hold."""

import io

import pytest

from customers.rules.list_rows import Entry, Reject, read_rows

HEAD = "id,kind,name,aliases,birth_date,countries,identifiers,program,note\n"


def rows(text):
    lines = io.StringIO(text, newline="") if isinstance(text, str) else io.TextIOWrapper(
        io.BytesIO(text), "utf-8", errors="surrogateescape", newline=""
    )  # fmt: skip
    return list(read_rows(lines))


def test_our_own_layout_is_read():
    (entry,) = rows(
        "\ufeff" + HEAD + 'A-1,person,段正淳,Duan Zhengchun;段王爷,1962-03-14;1963,CN;iran,E12345678,UN,"two\nlines"\n'
    )

    assert entry == Entry(
        "A-1", "person", ("段正淳", "Duan Zhengchun", "段王爷"), ("1962-03-14", "1963"), ("CN", "IR"), ("E12345678",), "UN",
        "two\nlines",
    )  # fmt: skip


def test_columns_may_stand_in_any_order_and_be_left_out():
    assert rows("name,id\nJohn Smith,7\n") == [Entry("7", "person", ("John Smith",))]


def test_the_sdn_layout_is_read():
    """A row in the form that OFAC publishes, with an invented person."""
    line = (
        '9999,"DOE, John Example","individual","SDGT","-0- ","-0- ","-0- ","-0- ","-0- ","-0- ","-0- ","DOB 12 Dec 1950;'
        " alt. DOB 1951; nationality Iran; Passport X1234567 (Iran); a.k.a. 'JOHNNY DOE'.\"\n"
    )
    (entry,) = rows(line + "\x1a\n")

    assert entry.names == ("DOE, John Example", "JOHNNY DOE")
    assert (entry.external_id, entry.kind, entry.program) == ("9999", "person", "SDGT")
    assert (entry.birth_dates, entry.countries, entry.identifiers) == (("1950-12-12", "1951"), ("IR",), ("X1234567",))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1,person,,,,,,,", "no_name"),
        ("1,person,-- !! --,,,,,,", "no_name"),
        (",person,John Smith,,,,,,", "no_id"),
        ("9" * 65 + ",person,John Smith,,,,,,", "no_id"),
        ("1,alien,John Smith,,,,,,", "kind"),
        ("1,person,John Smith,,1962-02-30,,,,", "birth_date"),
        ("1,person,John Smith,,yesterday,,,,", "birth_date"),
        ("1,person,John Smith,,,Atlantis,,,", "country"),
        ("1,person,John Smith", "cells"),
        ("1,person,John Smith,,,,,,,,,,,", "cells"),
        ("1,person," + "x" * 500 + ",,,,,,", "too_long"),
        ("1,person,John Smith,,,,,," + "x" * 30_000, "too_long"),
        ("1,person,John Smith,,,,,," + "x" * 200_000, "too_long"),
        ("1,person,John\x00Smith,,,,,,", "encoding"),
        (b"1,person,J\xffhn Smith,,,,,,", "encoding"),
        (b"1,person,\xb6\xce\xd5\xfd\xb4\xbe,,,,,,", "encoding"),  # GB 18030
    ],
)
def test_a_row_that_is_none_is_told_with_its_line_and_the_others_are_taken(line, reason):
    bad = line.encode() if isinstance(line, str) else line
    found = rows(HEAD.encode() + b"0,person,Jane Doe,,,,,,\n" + bad + b"\n2,person,Mary Major,,,,,,\n")

    assert [one.names[0] for one in found if isinstance(one, Entry)] == ["Jane Doe", "Mary Major"]
    ((place, told),) = [(one.line, one.reason) for one in found if isinstance(one, Reject)]
    assert (place, told) == (3, reason)


def test_a_number_that_comes_twice_is_taken_once():
    found = rows(HEAD + "1,person,John Smith,,,,,,\n1,person,Jane Doe,,,,,,\n")
    assert [type(one).__name__ for one in found] == ["Entry", "Reject"]


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff", HEAD, '"' * 50_001, "\x00" * 1_000, ",,,\n" * 10])
def test_nothing_in_a_file_raises(text):
    assert not [one for one in rows(text) if isinstance(one, Entry)]


def test_the_order_of_aliases_changes_nothing():
    one, other = rows(HEAD + "1,person,A Bo,C Do;E Fo,,,,,\n"), rows(HEAD + "1,person,A Bo,E Fo;C Do,,,,,\n")
    assert one[0].digest == other[0].digest
