"""The two examples, whole, against counts made by hand over the raw files."""

import csv
import gzip
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db.models import Count, Sum

from customers.models import (
    Account,
    AccountHolder,
    Customer,
    Holding,
    ImportRun,
    Instalment,
    Loan,
    StandingOrder,
    Transaction,
)  # fmt: skip
from tests.customers.importing import BERKA, LENDING, counts

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not (BERKA.is_dir() and LENDING.is_dir()), reason="the shared data is not here"),
]


def raw(path, separator=";"):
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open(newline="") as file:
        return list(csv.DictReader(file, delimiter=separator))


def load(name, folder, capsys):
    call_command("import_data", f"examples/{name}/mapping.toml", str(folder))
    return capsys.readouterr().out


def test_berka_is_loaded_whole_and_a_second_time_brings_nothing(capsys, settings, monkeypatch):
    monkeypatch.chdir(settings.ROOT)

    told = load("berka", BERKA, capsys)

    for number in ["5,369", "4,500", "682", "892", "6,471", "49,102"]:
        assert number in told
    _check_people()
    _check_accounts()
    _check_loans()
    _check_movements()
    load("berka", BERKA, capsys)
    again = ImportRun.objects.latest("pk")
    totals = again.files.aggregate(
        new=Sum("rows_new"), changed=Sum("rows_changed"), known=Sum("rows_known"), rejected=Sum("rows_rejected")
    )
    assert totals == {"new": 0, "changed": 0, "known": 5369 * 2 + 4500 + 682 + 892 + 6471 + 49102, "rejected": 0}


def _check_people():
    rows, districts = raw(BERKA / "client.asc"), {row["A1"]: row for row in raw(BERKA / "district.asc")}
    assert Customer.objects.count() == len(rows)
    kept = {one.external_id: one for one in Customer.objects.all()}
    for row in rows:
        number, one = row["birth_number"], kept[row["client_id"]]
        month = int(number[2:4])
        assert one.birth_date == date(1900 + int(number[:2]), month - 50 if month > 50 else month, int(number[4:]))
        assert one.sex == ("female" if month > 50 else "male")
        assert (one.name, one.region, one.city) == (
            f"Client {row['client_id']}", districts[row["district_id"]]["A3"], districts[row["district_id"]]["A2"]
        )  # fmt: skip


def _check_accounts():
    owners = {row["account_id"]: row["client_id"] for row in raw(BERKA / "disp.asc") if row["type"] == "OWNER"}
    kept = dict(Account.objects.values_list("external_id", "customer__external_id"))
    assert kept == owners
    assert Counter(AccountHolder.objects.values_list("role", flat=True)) == {"owner": 4500, "user": 869}
    orders = raw(BERKA / "order.asc")
    assert StandingOrder.objects.aggregate(n=Count("id"), total=Sum("amount")) == {
        "n": len(orders), "total": sum(Decimal(row["amount"]) for row in orders)
    }  # fmt: skip
    cards = Counter(f"berka-card-{row['type']}" for row in raw(BERKA / "card.asc"))
    assert Counter(Holding.objects.values_list("product__code", flat=True)) == cards


def _check_loans():
    rows = raw(BERKA / "loan.asc")
    states = {"A": "repaid", "B": "unpaid", "C": "running", "D": "arrears"}
    assert Counter(Loan.objects.values_list("reported_state", flat=True)) == Counter(
        states[row["status"]] for row in rows
    )
    plans = dict(
        Loan.objects.annotate(n=Count("instalments"), owed=Sum("instalments__principal")).values_list(
            "external_id", "owed"
        )
    )
    assert plans == {row["loan_id"]: Decimal(row["amount"]) for row in rows}
    assert Instalment.objects.count() == sum(int(row["duration"]) for row in rows)
    unknown = Instalment.objects.filter(loan__reported_state__in=["unpaid", "arrears"], paid_on__isnull=False)
    assert not unknown.exists()
    assert not Instalment.objects.filter(loan__reported_state="repaid", paid_on=None).exists()


def _check_movements():
    rows = raw(BERKA / "trans.asc.gz")
    sums: dict = Counter()
    for row in rows:
        sums[row["account_id"]] += Decimal(row["amount"]) * (1 if row["type"] == "PRIJEM" else -1)
    kept = dict(
        Transaction.objects.values("account__external_id")
        .annotate(total=Sum("amount"))
        .values_list("account__external_id", "total")
    )
    assert kept == sums
    assert Transaction.objects.count() == len(rows)
    assert Transaction.objects.filter(kind="interest").count() == sum(row["k_symbol"] == "UROK" for row in rows)
    assert Transaction.objects.filter(kind="other").count() == 0
    last = {}
    for row in rows:  # the file is in the order of days
        last[row["account_id"]] = Decimal(row["balance"])
    assert dict(Account.objects.filter(balance_on__isnull=False).values_list("external_id", "balance")) == last


def test_lending_is_loaded_whole(capsys, settings, monkeypatch):
    monkeypatch.chdir(settings.ROOT)

    load("lending", LENDING, capsys)

    rows = raw(LENDING / "loans_full_schema.csv.gz", ",")
    assert counts(ImportRun.objects.latest("pk")) == (10_000, 10_000, 0, 0, 0)
    assert Customer.objects.filter(lines=["p2p"]).count() == 10_000
    outstanding = Loan.objects.aggregate(principal=Sum("principal"), outstanding=Sum("outstanding"))
    assert outstanding == {
        "principal": sum(Decimal(row["loan_amount"]) for row in rows),
        "outstanding": sum(Decimal(row["balance"]) for row in rows),
    }
    assert Loan.objects.filter(reported_state="repaid").count() == sum(
        row["loan_status"] == "Fully Paid" for row in rows
    )
    loan = Loan.objects.get(external_id="1")
    assert (loan.annual_rate, loan.periods, loan.disbursed_on, loan.matures_on) == (
        Decimal("0.1407"),
        60,
        date(2018, 3, 1),
        date(2023, 3, 1),
    )
    first = loan.instalments.get(number=1)
    assert (first.interest, first.principal) == (Decimal("328.30"), Decimal("324.23"))
