"""Rows of every ugly kind: what can be taken is taken, the rest is refused with its line and a sentence."""

import gzip
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from customers.models import Account, DailyActivity, ImportReject, Transaction, TransactionKey
from tests.customers.importing import HEADER, MOVEMENTS, counts, import_text, rejects
from tests.factories.customers import AccountFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return AccountFactory(external_id="7")


def test_a_row_becomes_a_transaction_of_the_accounts_owner(tmp_path, account):
    run = import_text(tmp_path, HEADER + "1,7,2024-03-05,in,12.50,Li Wei\n")

    taken = Transaction.objects.get()
    assert counts(run) == (1, 1, 0, 0, 0)
    assert (taken.customer_id, taken.account_id, taken.product_id, taken.line) == (
        account.customer_id,
        account.pk,
        account.product_id,
        "payment",
    )
    assert (taken.booked_on, taken.kind, taken.amount, taken.currency, taken.counterparty) == (
        date(2024, 3, 5),
        "deposit",
        Decimal("12.50"),
        "CNY",
        "Li Wei",
    )
    assert (taken.external_id, taken.batch_id) == ("1", run.pk)


@pytest.mark.parametrize(
    ("cells", "column", "sentence"),
    [
        ("2,7,2024-02-30,in,1,x", "date", "“2024-02-30” is no date written as ISO."),
        ("2,7,1993-02-29,in,1,x", "date", "“1993-02-29” is no date written as ISO."),
        ("2,7,05.03.2024,in,1,x", "date", "“05.03.2024” is no date written as ISO."),
        ("2,7,9999-01-01,in,1,x", "date", "9999-01-01 lies in the future: a business date is at most tomorrow."),
        ("2,7,1800-01-01,in,1,x", "date", "1800-01-01 lies too far in the past: a business date is 1970 or later."),
        ("2,7,,in,1,x", "date", "“date” is empty, and the row cannot do without it."),
        (
            "2,8,2024-03-05,in,1,x",
            "account",
            "There is no account “8” from this source: load accounts first, or correct the number.",
        ),
        ("2,,2024-03-05,in,1,x", "customer", "“customer” is empty, and the row cannot do without it."),
        ("2,7,2024-03-05,sideways,1,x", "kind", "“sideways” is not among the values that the mapping knows."),
        ("2,7,2024-03-05,in,1.005,x", "amount", "“1.005” has more than two decimals."),
        (
            "2,7,2024-03-05,in,Infinity,x",
            "amount",
            "“Infinity” is no amount: write digits and at most one decimal mark.",
        ),
        ("2,7,2024-03-05,in,NaN,x", "amount", "“NaN” is no amount: write digits and at most one decimal mark."),
        ("2,7,2024-03-05,in,1e5,x", "amount", "“1e5” is no amount: write digits and at most one decimal mark."),
        ('2,7,2024-03-05,in,"1,5",x', "amount", "“1,5” is no amount: write digits and at most one decimal mark."),
        (
            "2,7,2024-03-05,in,1000000000000000000,x",
            "amount",
            "“1000000000000000000” is no amount: write digits and at most one decimal mark.",
        ),
        ("2,7,2024-03-05,in,１２,x", "amount", "“１２” is no amount: write digits and at most one decimal mark."),
        (
            f"2,7,2024-03-05,in,{'9' * 200},x",
            "amount",
            f"“{'9' * 60}” is no amount: write digits and at most one decimal mark.",
        ),
        (",7,2024-03-05,in,1,x", "id", "“id” is empty, and the row cannot do without it."),
        (f"{'2' * 65},7,2024-03-05,in,1,x", "id", "“id” is longer than 64 characters."),
        (f"2,7,2024-03-05,in,1,{'x' * 1_000_000}", "payee", "“payee” is longer than 80 characters."),
        ("2,7,2024-03-05,in,1", "", "The row has 5 columns where the header has 6."),
        ("2,7,2024-03-05,in,1,x,y", "", "The row has 7 columns where the header has 6."),
        ("2,7,2024-03-05,in,1,a\0b", "", "The row holds a zero byte, which no text may."),
        ('2,7,2024-03-05,in,1,"open', "", "A quotation mark is opened here and not closed again."),
    ],
)
def test_a_bad_row_is_refused_with_its_line_and_its_neighbours_are_taken(tmp_path, account, cells, column, sentence):
    run = import_text(tmp_path, HEADER + f"1,7,2024-03-05,in,1,x\n{cells}\n3,7,2024-03-05,out,-3,y\n")

    assert counts(run) == (3, 2, 0, 0, 1)
    assert rejects(run) == [(3, column, sentence)]
    assert list(Transaction.objects.order_by("id").values_list("external_id", flat=True)) == ["1", "3"]


def test_bytes_that_are_not_utf8_cost_their_own_row_alone(tmp_path, account):
    run = import_text(
        tmp_path, HEADER.encode() + b"1,7,2024-03-05,in,1,x\n2,7,2024-03-05,in,1,\xff\xfe\n3,7,2024-03-05,in,1,y\n"
    )

    assert counts(run) == (3, 2, 0, 0, 1)
    assert rejects(run) == [(3, "", "The row is not written in utf-8.")]


@pytest.mark.parametrize(
    "text",
    [
        "李伟",
        "عبد الله",
        "Ünïcödé",
        "a,b",
        'say "hi"',
        "tab\there",
        "two\nlines",
        "\\.",
        "🙂",
        "%s {x}",
        "'; DROP TABLE x; --",
    ],
)
def test_text_of_every_script_arrives_as_it_was(tmp_path, account, text):
    quoted = text.replace('"', '""')

    run = import_text(tmp_path, HEADER + f'1,7,2024-03-05,in,1,"{quoted}"\n2,7,2024-03-05,in,1,after\n')

    assert counts(run) == (2, 2, 0, 0, 0)
    assert Transaction.objects.get(external_id="1").counterparty == text


@pytest.mark.parametrize(
    ("written", "read"), [('5" by 7" board', '5" by 7" board'), ('"a"b', "ab"), ('say "hi" twice', 'say "hi" twice')]
)
def test_quotation_marks_inside_a_text_stay(tmp_path, account, written, read):
    import_text(tmp_path, HEADER + f"1,7,2024-03-05,in,1,{written}\n")

    assert Transaction.objects.get().counterparty == read


def test_line_numbers_are_those_of_the_file_behind_a_text_of_several_lines(tmp_path, account):
    run = import_text(tmp_path, HEADER + '1,7,2024-03-05,in,1,"a\nb\nc"\n2,7,bad,in,1,x\n')

    assert [(line, column) for line, column, _sentence in rejects(run)] == [(5, "date")]


def test_a_stray_quotation_mark_swallows_no_rows(tmp_path, account):
    rows = '1,7,2024-03-05,in,1,5" pipe\n2,7,2024-03-05,in,1,x\n3,7,2024-03-05,in,1,7" nail\n4,7,2024-03-05,in,1,y\n'

    run = import_text(tmp_path, HEADER + rows)

    assert counts(run) == (4, 4, 0, 0, 0)
    assert Transaction.objects.get(external_id="1").counterparty == '5" pipe'


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + HEADER.encode() + b"1,7,2024-03-05,in,1,x\n",
        HEADER.replace("\n", "\r\n").encode() + b"1,7,2024-03-05,in,1,x\r\n",
        HEADER.encode() + b"1,7,2024-03-05,in,1,x",
        HEADER.encode() + b"1,7,2024-03-05,in,1,x\n\n\n",
        HEADER.encode() + b" 1 , 7 ,\t2024-03-05 , in , 1 , x \n",
        HEADER.replace("\n", "\r\n").encode() + b"1,7,2024-03-05,in,1,x\n",
    ],
)
def test_marks_and_line_ends_of_every_kind_are_read(tmp_path, account, content):
    run = import_text(tmp_path, content)

    assert counts(run) == (1, 1, 0, 0, 0)
    assert Transaction.objects.get().counterparty == "x"


@pytest.mark.parametrize("content", ["", HEADER])
def test_a_file_without_rows_is_no_mistake(tmp_path, account, content):
    assert counts(import_text(tmp_path, content)) == (0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"id\rx\r1", "ends its lines with CR alone"),
        (
            b"id,account\n1,7\n",
            "moves.csv has no column “date”, “kind”, “amount”, “payee”; its first line names id, account.",
        ),
        (HEADER.replace("payee", "id").encode(), "has no column “payee”"),
        (HEADER.replace("payee\n", "payee,id\n").encode(), "names the column “id” more than once"),
        (b"\xff\xfei\0d\0\n\0", "is not written in utf-8"),
        (b"PK\x03\x04\0\0\0,\n", "holds zero bytes"),
    ],
)
def test_a_file_that_is_no_such_file_is_refused_before_anything_is_taken(tmp_path, account, content, sentence):
    with pytest.raises(ValidationError, match=sentence):
        import_text(tmp_path, content)

    assert not Transaction.objects.exists()


def test_a_gzip_file_is_read_as_it_is(tmp_path, account):
    (tmp_path / "moves.csv.gz").write_bytes(gzip.compress((HEADER + "1,7,2024-03-05,in,1,x\n").encode()))

    run = import_text(tmp_path, "", name="other.csv")

    assert (run.files.get().name, counts(run)) == ("moves.csv.gz", (1, 1, 0, 0, 0))


def test_a_gzip_file_that_breaks_off_is_refused(tmp_path, account):
    whole = gzip.compress((HEADER + "1,7,2024-03-05,in,1,x\n" * 1000).encode())
    (tmp_path / "moves.csv.gz").write_bytes(whole[: len(whole) // 2])

    with pytest.raises(ValidationError, match="is no whole gzip file"):
        import_text(tmp_path, "", name="other.csv")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ValidationError, match="moves.csv is not in the folder, nor moves.csv.gz"):
        import_text(tmp_path, "", name="other.csv")


def test_a_link_out_of_the_folder_is_refused(tmp_path, account):
    outside = tmp_path / "outside.csv"
    outside.write_text(HEADER)
    inside = tmp_path / "folder"
    inside.mkdir()
    (inside / "moves.csv").symlink_to(outside)

    with pytest.raises(ValidationError, match="no ordinary file inside the folder"):
        import_text(inside, "", name="other.csv")


def test_the_same_file_again_brings_nothing(tmp_path, account):
    content = HEADER + "1,7,2024-03-05,in,1,x\n2,7,2024-04-05,out,-2,y\n"
    import_text(tmp_path, content)

    again = import_text(tmp_path, content)

    assert counts(again) == (2, 0, 0, 2, 0)
    assert (Transaction.objects.count(), TransactionKey.objects.count()) == (2, 2)
    assert sum(DailyActivity.objects.values_list("n", flat=True)) in (0, 2)


@pytest.mark.parametrize("other", ["1,7,2024-03-06,in,1,x", "1,7,2024-03-05,in,2,x"])
def test_a_known_number_with_other_content_is_refused(tmp_path, account, other):
    import_text(tmp_path, HEADER + "1,7,2024-03-05,in,1,x\n")

    run = import_text(tmp_path, HEADER + f"{other}\n2,7,2024-03-05,in,1,x\n")

    assert counts(run) == (2, 1, 0, 0, 1)
    assert rejects(run) == [(2, "", "Number “1” was taken before with another date, amount, account or currency.")]


def test_a_row_twice_in_one_file_is_one_row(tmp_path, account):
    run = import_text(
        tmp_path,
        HEADER + "1,7,2024-03-05,in,1,x\n2,7,2024-03-05,in,1,x\n1,7,2024-03-05,in,1,x\n1,7,2024-03-05,in,9,x\n",
    )

    assert counts(run) == (4, 2, 0, 1, 1)
    assert rejects(run) == [(5, "", "Number “1” was taken before with another date, amount, account or currency.")]


def test_a_dry_run_counts_and_keeps_nothing(tmp_path, account):
    run = import_text(
        tmp_path, HEADER + "1,7,2024-03-05,in,1,x\n1,7,2024-03-05,in,1,x\n2,8,2024-03-05,in,1,x\n", dry_run=True
    )

    assert (run.dry_run, run.state, counts(run)) == (True, "done", (3, 1, 0, 1, 1))
    assert [line for line, _column, _sentence in rejects(run)] == [4]
    assert not Transaction.objects.exists()
    assert not TransactionKey.objects.exists()


def test_months_appear_by_themselves(tmp_path, account):
    days = [date(1970, 1, 1), date(2000, 2, 29), timezone.localdate() + timedelta(days=1)]

    run = import_text(tmp_path, HEADER + "".join(f"{n},7,{day},in,1,x\n" for n, day in enumerate(days)))

    assert counts(run) == (3, 3, 0, 0, 0)
    assert sorted(Transaction.objects.values_list("booked_on", flat=True)) == days


def test_an_account_shows_the_newest_balance_that_came(tmp_path, account):
    mapping = MOVEMENTS.replace('counterparty = "payee"', 'balance_after = "payee"')
    import_text(
        tmp_path,
        HEADER + "1,7,2024-03-05,in,1,10\n2,7,2024-03-07,in,1,30\n3,7,2024-03-07,in,1,40\n4,7,2024-03-06,in,1,20\n",
        mapping=mapping,
    )
    import_text(tmp_path, HEADER + "5,7,2024-03-01,in,1,99\n", mapping=mapping)

    account = Account.objects.get(external_id="7")
    assert (account.balance, account.balance_on) == (Decimal("40"), date(2024, 3, 7))


def test_a_reject_keeps_the_row_as_it_was_written_but_not_all_of_a_long_one(tmp_path, account):
    import_text(tmp_path, HEADER + f"1,7,bad,in,1,{'x' * 2000}\n")

    text = ImportReject.objects.get().text
    assert text == f"1,7,bad,in,1,{'x' * 2000}"[:500]
