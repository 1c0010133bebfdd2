"""Figures about the company as of a business date, noted so that they can be drawn over time."""

from datetime import date
from pathlib import Path

from django.db import connection, transaction

from customers.sql import make_table

SQL = Path(__file__).parent.parent / "sql"
SOURCES = ("figures_customers", "figures_activity", "figures_money", "figures_risk")


@transaction.atomic
def note_figures(*, business_date: date, run_id: int | None) -> int:
    """Note the figures of `operations/rules/figures.py` for `business_date`; returns the rows that are new or changed.

    Who is dormant and what products amount to is taken from the portraits and product days of the same run.
    """
    parameters = {"day": business_date, "run": run_id}
    with connection.cursor() as cursor:
        for name in ("account_standing", "loan_standing"):
            make_table(cursor, name, parameters)
        cursor.execute("DROP TABLE IF EXISTS pg_temp.figures_fresh")
        cursor.execute(
            "CREATE TEMP TABLE figures_fresh (name text, line text, currency text, value numeric(26, 6)) ON COMMIT DROP"
        )
        for source in SOURCES:
            cursor.execute(f"INSERT INTO figures_fresh {_text(source)}", parameters)
        cursor.execute(_text("figures_write"), parameters)
        return cursor.rowcount


def _text(name: str) -> str:
    return (SQL / f"{name}.sql").read_text()
