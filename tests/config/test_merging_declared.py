"""Whoever adds a table that names a customer says what merging two customers does to it."""

from customers.merging import MOVES, PARTS, undeclared


def test_every_foreign_key_to_a_customer_says_what_merging_does_to_it():
    found = undeclared()
    assert not found, f"Say in a Part (customers/merging.py) what merging does to {', '.join(found)}."


def test_every_part_names_a_column_that_is_there():
    for part in PARTS:
        assert part.db_column
        for name in (*part.copies, *filter(None, [part.keeps, part.apart_from])):
            assert part.column_of(name), part
        if part.act == MOVES:
            assert part.key == "id", part
