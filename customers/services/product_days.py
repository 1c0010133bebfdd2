"""Figures of each product at the end of a business day: holders, balance, what came in and what went out."""

from datetime import date

from django.db import connection, transaction

from customers.sql import make_table, statement


@transaction.atomic
def count_product_days(*, business_date: date) -> int:
    """Write what each product amounted to at the end of `business_date`; returns the rows that are new or changed."""
    with connection.cursor() as cursor:
        for name in ("account_standing", "loan_standing"):
            make_table(cursor, name, {"day": business_date})
        cursor.execute(statement("product_days"), {"day": business_date})
        return cursor.rowcount
