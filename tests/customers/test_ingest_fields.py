"""How columns become fields: dates, numbers, encodings, lookups, personal fields; and what a changed row does."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection, transaction

from audit.models import Event
from customers.encryption import phone_index
from customers.ingest import AFTER_BATCH
from customers.models import Account, Customer, Transaction
from tests.customers.importing import HEADER, MOVEMENTS, counts, import_text, rejects
from tests.factories.customers import AccountFactory

pytestmark = pytest.mark.django_db

PEOPLE = """
    [source]
    code = "platform"
    [defaults]
    currency = "CNY"
    [[files]]
    name = "people.csv"
    target = "customers"
    [files.columns]
    external_id = "id"
    name = "name"
    phone = "phone"
    email = "email"
    joined_on = "since"
"""
PEOPLE_HEADER = "id,name,phone,email,since\n"


def people(folder, rows, mapping=PEOPLE, **options):
    return import_text(folder, PEOPLE_HEADER + rows, mapping=mapping, name="people.csv", **options)


def test_personal_fields_are_sealed_and_found(tmp_path):
    people(tmp_path, "1,李伟,13800138000,Li@Example.com,2024-01-02\n")

    customer = Customer.objects.get(phone_index=phone_index("+86 138 0013 8000"))
    assert (customer.name, customer.phone, customer.email) == ("李伟", "13800138000", "Li@Example.com")
    assert customer.reference.startswith("C-")
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone::text, email::text FROM customers_customer")
        assert "138" not in bytes.fromhex(cursor.fetchone()[0][2:]).decode("latin-1")


def test_a_row_is_new_then_known_then_changed(tmp_path):
    first = people(tmp_path, "1,Li,13800138000,a@example.com,2024-01-02\n2,Wu,,,2024-01-02\n")
    same = people(tmp_path, "1,Li,13800138000,a@example.com,2024-01-02\n2,Wu,,,2024-01-02\n")
    other = people(tmp_path, "1,Li,13900139000,a@example.com,2024-01-02\n2,Wu,,,2024-01-02\n")

    assert [counts(run)[1:4] for run in (first, same, other)] == [(2, 0, 0), (0, 0, 2), (0, 1, 1)]
    assert Customer.objects.get(external_id="1").phone == "13900139000"
    assert Customer.objects.filter(phone_index=phone_index("13800138000")).count() == 0


def test_a_changed_row_leaves_what_the_mapping_does_not_fill(tmp_path):
    people(tmp_path, "1,Li,,,2024-01-02\n")
    Customer.objects.update(region="Guangdong", risk_level="high")

    people(tmp_path, "1,Li Wei,,,2024-01-02\n")

    customer = Customer.objects.get()
    assert (customer.name, customer.region, customer.risk_level) == ("Li Wei", "Guangdong", "high")


def test_the_last_of_two_rows_with_one_number_wins(tmp_path):
    run = people(tmp_path, "1,Li,,,2024-01-02\n1,Wu,,,2024-01-02\n1,Wu,,,2024-01-02\n")

    assert counts(run) == (3, 1, 1, 1, 0)
    assert Customer.objects.get().name == "Wu"


@pytest.mark.parametrize(
    ("form", "text", "day"),
    [
        ("YYMMDD", "930705", date(1993, 7, 5)),
        ("YYMMDD", "100705", date(2010, 7, 5)),
        ("YYYYMMDD", "20240229", date(2024, 2, 29)),
        ("DD.MM.YYYY", "05.07.1993", date(1993, 7, 5)),
        ("D/M/YYYY", "5/7/1993", date(1993, 7, 5)),
        ("Mon-YYYY", "Mar-2018", date(2018, 3, 1)),
        ("D Mon YYYY", "5 JUL 1993", date(1993, 7, 5)),
        ("YYMMDD hh:mm:ss", "931107 00:00:00", date(1993, 11, 7)),
        ("YYYY年M月D日", "2024年3月5日", date(2024, 3, 5)),
    ],
)
def test_dates_are_read_as_the_mapping_writes_them(tmp_path, form, text, day):
    mapping = PEOPLE.replace('joined_on = "since"', f'joined_on = {{ column = "since", date = "{form}" }}')

    people(tmp_path, f"1,Li,,,{text}\n", mapping=mapping)

    assert Customer.objects.get().joined_on == day


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("YYMMDD", "930229"),
        ("YYMMDD", "931301"),
        ("Mon-YYYY", "Mrz-2018"),
        ("YYMMDD", "93070"),
        ("D/M/YYYY", "31/4/2024"),
    ],
)
def test_a_day_that_is_none_is_refused(tmp_path, form, text):
    mapping = PEOPLE.replace('joined_on = "since"', f'joined_on = {{ column = "since", date = "{form}" }}')

    run = people(tmp_path, f"1,Li,,,{text}\n", mapping=mapping)

    assert rejects(run) == [(2, "since", f"“{text}” is no date written as {form}.")]


@pytest.mark.parametrize(
    ("options", "text", "amount"),
    [
        ('decimal = ","', "1,5", "1.50"),
        ('decimal = ",", thousands = "."', "1.234.567,89", "1234567.89"),
        ('thousands = " "', "1 234.5", "1234.50"),
        ("", "-0.00", "0"),
        ("", "+7", "7"),
        ("", "007.500", "7.50"),
        ('sign = { column = "kind", plus = ["in"], minus = ["out"] }', "7", "7"),
    ],
)
def test_amounts_are_read_as_the_mapping_writes_them(tmp_path, options, text, amount):
    AccountFactory(external_id="7")
    mapping = MOVEMENTS.replace(
        'amount = "amount"', f'amount = {{ column = "amount"{", " + options if options else ""} }}'
    )

    run = import_text(tmp_path, HEADER + f'1,7,2024-03-05,in,"{text}",x\n', mapping=mapping)

    assert rejects(run) == []
    assert Transaction.objects.get().amount == Decimal(amount)


@pytest.mark.parametrize(
    ("form", "text", "moment"),
    [
        ("ISO", "2024-03-05T10:11:12Z", datetime(2024, 3, 5, 10, 11, 12, tzinfo=UTC)),
        ("ISO", "2024-03-05T10:11:12.5+08:00", datetime(2024, 3, 5, 2, 11, 12, 500000, tzinfo=UTC)),
        ("ISO", "2024-03-05 10:11", datetime(2024, 3, 5, 2, 11, tzinfo=UTC)),
        ("YYYYMMDD hh:mm:ss", "20240305 10:11:12", datetime(2024, 3, 5, 2, 11, 12, tzinfo=UTC)),
    ],
)
def test_times_are_read_in_the_zone_of_the_mapping(tmp_path, form, text, moment):
    AccountFactory(external_id="7")
    mapping = MOVEMENTS.replace(
        'counterparty = "payee"', f'booked_at = {{ column = "payee", date = "{form}", zone = "Asia/Shanghai" }}'
    )

    run = import_text(tmp_path, HEADER + f"1,7,2024-03-05,in,1,{text}\n", mapping=mapping)

    assert rejects(run) == []
    assert Transaction.objects.get().booked_at == moment


@pytest.mark.parametrize(
    "text", ["2024-03-05T25:00:00Z", "2024-02-30T10:00:00Z", "yesterday", "2024-03-05T10:00:00+99:00", "2024-03-05"]
)
def test_a_time_that_is_none_is_refused(tmp_path, text):
    AccountFactory(external_id="7")
    mapping = MOVEMENTS.replace('counterparty = "payee"', 'booked_at = "payee"')

    run = import_text(tmp_path, HEADER + f"1,7,2024-03-05,in,1,{text}\n", mapping=mapping)

    assert rejects(run) == [(2, "payee", f"“{text}” is no date written as ISO 8601.")]


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "windows-1250", "utf-8"])
def test_files_are_read_in_their_own_encoding(tmp_path, encoding):
    name = "Dvořák" if encoding == "windows-1250" else "陳美玲"
    mapping = PEOPLE.replace('target = "customers"', f'target = "customers"\n    encoding = "{encoding}"')

    run = import_text(
        tmp_path, (PEOPLE_HEADER + f"1,{name},,,2024-01-02\n").encode(encoding), mapping=mapping, name="people.csv"
    )

    assert counts(run) == (1, 1, 0, 0, 0)
    assert Customer.objects.get().name == name


def test_a_key_is_looked_up_in_another_file_and_followed_on(tmp_path):
    (tmp_path / "links.csv").write_text("person,card,use\n1,a,old\n1,b,main\n2,c,main\n")
    (tmp_path / "cards.csv").write_text("card,place\na,Harbin\nb,Suzhou\nc,Xiamen\n")
    first = '{ file = "links.csv", from = "person", to = "card", where = { use = "main" } }'
    steps = first + ', { file = "cards.csv", from = "card", to = "place" }'
    mapping = (
        PEOPLE
        + f'    city = {{ lookup = [{steps}], by = "id" }}\n'
        + "".join(f'    [[lookups]]\n    name = "{name}.csv"\n' for name in ("links", "cards"))
    )

    people(tmp_path, "1,Li,,,2024-01-02\n2,Wu,,,2024-01-02\n3,Xu,,,2024-01-02\n", mapping=mapping)

    assert dict(Customer.objects.values_list("external_id", "city")) == {"1": "Suzhou", "2": "Xiamen", "3": ""}


def test_products_of_a_mapping_are_made_once_and_lines_follow(tmp_path):
    mapping = (
        PEOPLE
        + """
    [[products]]
    code = "wallet"
    name = "Wallet"
    line = "payment"
    jurisdiction = "CN"
    [[files]]
    name = "people.csv"
    target = "accounts"
    [files.columns]
    external_id = "id"
    customer = "id"
    product = { constant = "wallet" }
    opened_on = "since"
    """
    )

    for _round in range(2):
        people(tmp_path, "1,Li,,,2024-01-02\n", mapping=mapping)

    account = Account.objects.select_related("product", "customer").get()
    assert (account.product.status, account.product_version.number, account.product_version.state) == (
        "on_sale",
        1,
        "submitted",
    )
    assert (account.currency, account.customer.lines) == ("CNY", ["payment"])


def test_upper_rooms_hear_of_new_rows_in_the_same_transaction(tmp_path, monkeypatch):
    AccountFactory(external_id="7")
    heard = []

    def listen(batch):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT sum(amount), count(DISTINCT customer_id) FROM {batch.rows_in}")
            heard.append(
                (
                    batch.rows,
                    batch.first_day,
                    batch.last_day,
                    *cursor.fetchone(),
                    transaction.get_connection().in_atomic_block,
                )
            )

    monkeypatch.setattr("customers.ingest.AFTER_BATCH", [listen])
    monkeypatch.setattr("customers.ingest.movements.AFTER_BATCH", [listen])
    content = HEADER + "1,7,2024-03-05,in,1,x\n2,7,2024-03-07,in,2,x\nbad\n"
    import_text(tmp_path, content)
    import_text(tmp_path, content)

    assert heard == [(2, date(2024, 3, 5), date(2024, 3, 7), Decimal("3"), 1, True)]
    assert AFTER_BATCH == []


def test_each_batch_of_transactions_is_in_the_log_with_its_digest(tmp_path):
    AccountFactory(external_id="7")

    run = import_text(tmp_path, HEADER + "1,7,2024-03-05,in,1,x\n")

    event = Event.objects.get(kind="batch", table_name="customers_transaction")
    assert (event.pk_text if hasattr(event, "pk_text") else str(run.pk)) == str(run.pk)
    assert '"rows": 1' in str(event.body).replace('"rows":1', '"rows": 1')
