"""The nightly run over a real bank's data, against the raw files read by Python alone."""

import csv
import gzip
import io
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.core.management import call_command

from customers.models import Customer, Portrait
from operations.models import Figure
from products.models import ProductDay
from risk.models import LoanGrade
from tests.customers.histories import versions

BERKA = settings.ROOT.parent / "shared/data/berka"
MAPPING = settings.ROOT / "examples/berka/mapping.toml"
DAY = date(1993, 3, 31)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not BERKA.is_dir(), reason=f"{BERKA} is not here: the real data is no part of the project"),
]


def rows_of(name):
    text = (BERKA / name).read_bytes()
    text = gzip.decompress(text) if name.endswith(".gz") else text
    return csv.DictReader(io.StringIO(text.decode("latin-1")), delimiter=";")


def day_of(text):
    return date(1900 + int(text[:2]), int(text[2:4]), int(text[4:]))


def movements():
    """Each owner's movements up to DAY: (day, amount with its sign, row of the file). The file goes on for a year
    after DAY."""
    owners = {row["account_id"]: row["client_id"] for row in rows_of("disp.asc") if row["type"] == "OWNER"}
    found = defaultdict(list)
    for row in rows_of("trans.asc.gz"):
        sign = 1 if row["type"] == "PRIJEM" else -1
        if day_of(row["date"]) <= DAY:
            found[owners[row["account_id"]]].append((day_of(row["date"]), sign * Decimal(row["amount"]), row))
    return found


def portrait_in_python(moves):
    moved = [(day, amount) for day, amount, row in moves]
    lately = [(day, amount) for day, amount in moved if day > DAY - timedelta(days=90)]
    month = [amount for day, amount in lately if day > DAY - timedelta(days=30)]
    return {
        "n_30": len(month),
        "inflow_30": sum(a for a in month if a > 0),
        "outflow_30": -sum(a for a in month if a < 0),
        "n_90": len(lately),
        "inflow_90": sum(a for _, a in lately if a > 0),
        "outflow_90": -sum(a for _, a in lately if a < 0),
        "largest_90": max((abs(a) for _, a in lately), default=0),
        "active_days_90": len({day for day, _ in lately}),
        "frequency": len(moved),
        "monetary": sum(abs(a) for _, a in moved),
        "first_on": min((day for day, _ in moved), default=None),
        "last_on": max((day for day, _ in moved), default=None),
    }


@pytest.fixture
def bank(db):
    call_command("import_data", str(MAPPING), str(BERKA), verbosity=0)


def test_portraits_figures_and_balances_equal_the_raw_files_and_stay_where_they_are(bank):
    call_command("nightly", date=DAY)

    expected = {client: portrait_in_python(moves) for client, moves in movements().items()}
    names = list(portrait_in_python([]))
    found = {
        row[0]: dict(zip(names, row[1:], strict=True))
        for row in Portrait.objects.filter(frequency__gt=0).values_list("customer__external_id", *names)
    }
    assert found == {client: portrait for client, portrait in expected.items() if portrait["frequency"]}
    assert Portrait.objects.count() == Customer.objects.count() == 5369
    assert figures() == {
        "active_day": sum(portrait["last_on"] == DAY for portrait in expected.values()),
        "active_30": sum(portrait["n_30"] > 0 for portrait in expected.values()),
        "volume": sum(abs(amount) for moves in movements().values() for day, amount, _ in moves if day == DAY),
    }
    balances_equal_the_last_ones_in_the_file()
    before = versions()
    call_command("nightly", date=DAY)
    assert versions() == before


def figures():
    wanted = ("active_day", "active_30", "volume")
    return dict(Figure.objects.filter(day=DAY, line="", name__in=wanted).values_list("name", "value"))


def balances_equal_the_last_ones_in_the_file():
    last = {}
    for moves in movements().values():
        # Of an account's movements on its last day, the file's order decides.
        for day, _, row in moves:
            if row["account_id"] not in last or (day, int(row["trans_id"])) >= last[row["account_id"]][0]:
                last[row["account_id"]] = ((day, int(row["trans_id"])), Decimal(row["balance"]))
    total = sum(Portrait.objects.values_list("balance", flat=True))
    assert total == sum(
        ProductDay.objects.filter(day=DAY, product__code__startswith="berka-current").values_list("balance", flat=True)
    )
    assert abs(total - sum(balance for _, balance in last.values())) / total < Decimal("0.001")


def test_six_years_on_the_loans_in_trouble_are_those_of_status_b_and_d(bank):
    call_command("nightly", date=date(1999, 1, 1))

    bad = {row["loan_id"] for row in rows_of("loan.asc") if row["status"] in "BD"}
    graded = LoanGrade.objects.filter(loan_class__in=["substandard", "doubtful", "loss"])
    assert set(graded.values_list("loan__external_id", flat=True)) == bad
    assert len(bad) == 76
    arrears = Portrait.objects.filter(flags__contains=["arrears"])
    assert arrears.count() == 76
    assert sum(Portrait.objects.values_list("loans_outstanding", flat=True)) == sum(
        LoanGrade.objects.values_list("outstanding", flat=True)
    )
