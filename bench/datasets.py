"""Makes customers and their history for the benchmarks, in the database alone: a million customers in a few minutes.

Two habits of trading, as in life: one customer in two hundred pays several times a day (line `payment`), all others
move money
about once in five months (line `fund`). The two lines have about the same number of transactions.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

LAST_DAY = date(2026, 6, 30)
DAYS = 730
DAILY_SHARE = 0.005  # of customers, who pay daily
PAYMENTS = 3  # a day, by each of them
DAILY_DAYS = 365
LOADED = ("customers_customer", "customers_account", "customers_loan", "customers_instalment", "customers_holding")
INDEXES = {
    "transaction_customer": "(customer_id, booked_on DESC, id DESC)",
    "transaction_account": "(account_id, booked_on DESC, id DESC)",
    "transaction_batch": "(batch_id)",
    "transaction_day": "USING brin (booked_on) WITH (pages_per_range = 16, autosummarize = true)",
}


@dataclass(frozen=True)
class Size:
    """How much of what: `customers` of whom `daily` pay every day."""

    customers: int
    transactions: int

    @classmethod
    def at(cls, scale: float) -> "Size":
        """1 is a million customers and ten million transactions."""
        return cls(max(int(1_000_000 * scale), 2_000), max(int(10_000_000 * scale), 20_000))

    @property
    def daily(self) -> int:
        return max(int(self.customers * DAILY_SHARE), 10)


def dataset_of(size: Size) -> None:
    """Have the bench database hold exactly the data set of `size`: as it was made, or made again where anything was
    added since."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS bench_dataset (customers bigint, transactions bigint, last_id bigint)"
        )
        cursor.execute("SELECT customers, transactions, last_id FROM bench_dataset")
        made = cursor.fetchone()
        cursor.execute("SELECT coalesce(max(id), 0) FROM customers_transaction")
        if made == (size.customers, size.transactions, cursor.fetchone()[0]):
            return
    empty()
    make_dataset(size)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM bench_dataset")
        cursor.execute(
            "INSERT INTO bench_dataset SELECT %s, %s, max(id) FROM customers_transaction",
            [size.customers, size.transactions],
        )


def empty() -> None:
    """Truncate whatever hangs on customers and products; append-only tables refuse that, so their guard is lifted
    meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'audit_refuse'")
        guarded = [table for (table,) in cursor.fetchall()]
        for table in guarded:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER audit_refuse")
        cursor.execute(
            "TRUNCATE customers_customer, customers_transaction, customers_transactionkey, customers_importrun,"
            " customers_portrait, customers_dailyactivity, customers_activitybatch, customers_portraitround,"
            " products_product RESTART IDENTITY CASCADE"
        )
        for table in guarded:
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER audit_refuse")


def make_dataset(size: Size) -> None:
    """Fill the empty bench database with customers, accounts, loans and two years of transactions up to LAST_DAY."""
    with connection.cursor() as cursor:
        _without_triggers_and_indexes(cursor)
        for sql in (CATALOGUE, CUSTOMERS, ACCOUNTS, LOANS, INSTALMENTS, HOLDINGS):
            cursor.execute(sql, _parameters(size))
        cursor.execute(MONTHS, _parameters(size))
        for number in range(DAYS):
            _book_day(cursor, size, LAST_DAY - timedelta(days=DAYS - 1 - number), batch=1)
        _with_triggers_and_indexes(cursor)
        cursor.execute("VACUUM ANALYZE")


def add_night(size: Size, day: date, batch: int) -> tuple[int, int]:
    """Add an ordinary day's transactions as import `batch`; return the first and the last id."""
    parameters = {**_parameters(size), "day": day, "batch": batch}
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_ensure_month('customers_transaction', %(day)s)", parameters)
        cursor.execute(
            "INSERT INTO customers_importrun"
            " (id, mapping, mapping_sha256, folder, dry_run, state, error, created_at, ended_at)"
            " VALUES (%(batch)s, 'bench', '', '', false, 'done', '', now(), now())",
            parameters,
        )
        return _book_day(cursor, size, day, batch)


def _book_day(cursor, size: Size, day: date, batch: int) -> tuple[int, int]:
    """Both habits' transactions of one day; the daily payers are there for the last DAILY_DAYS only."""
    pays = day > LAST_DAY - timedelta(days=DAILY_DAYS)
    cursor.execute(NIGHT, {**_parameters(size), "day": day, "batch": batch, "daily_today": size.daily if pays else 0})
    return cursor.fetchone()


def _parameters(size: Size) -> dict[str, object]:
    rare = max(size.transactions - size.daily * PAYMENTS * DAILY_DAYS, 0)
    return {
        "customers": size.customers,
        "daily": size.daily,
        "payments": PAYMENTS,
        "last": LAST_DAY,
        "first": LAST_DAY - timedelta(days=DAYS - 1),
        "rare_a_day": rare // DAYS,
    }


def _without_triggers_and_indexes(cursor) -> None:
    """Loading is not what is measured: log triggers, keys to other tables and indexes come back afterwards."""
    for table in LOADED:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    cursor.execute("SET session_replication_role = replica")
    for name in INDEXES:
        cursor.execute(f"DROP INDEX IF EXISTS {name}")


def _with_triggers_and_indexes(cursor) -> None:
    for name, columns in INDEXES.items():
        cursor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON customers_transaction {columns}")
    cursor.execute("SET session_replication_role = DEFAULT")
    cursor.execute(
        "SELECT setval('customers_reference_seq', (SELECT max(substr(reference, 3)::bigint) FROM customers_customer))"
    )
    for table in LOADED:
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 1) FROM {table}))"
        )
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")
        cursor.execute(
            f"SELECT format('ALTER TABLE {table} ENABLE ALWAYS TRIGGER %%I', tgname) FROM pg_trigger"
            f" WHERE tgrelid = '{table}'::regclass AND tgname LIKE 'audit_%%'",
            [],
        )
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)


CATALOGUE = """
INSERT INTO customers_source (id, code, name) VALUES (1, 'bench', 'Bench') ON CONFLICT DO NOTHING;
INSERT INTO customers_importrun (id, mapping, mapping_sha256, folder, dry_run, state, error, created_at, ended_at)
VALUES (1, 'bench', '', '', false, 'done', '', %(last)s, %(last)s) ON CONFLICT DO NOTHING;
INSERT INTO products_product (id, code, name, line_id, status, currency, jurisdiction, created_at)
VALUES (1, 'wallet', 'Wallet', 'payment', 'on_sale', 'CNY', 'CN', now()),
       (2, 'index-fund', 'Index fund', 'fund', 'on_sale', 'CNY', 'CN', now()),
       (3, 'personal-loan', 'Personal loan', 'p2p', 'on_sale', 'CNY', 'CN', now())
ON CONFLICT DO NOTHING
"""
CUSTOMERS = """
INSERT INTO customers_customer
    (id, reference, external_id, kind, name, sex, identity_kind, status, risk_level, region, city, jurisdiction,
    language, currency,
     lines, joined_on, source_id, absorbed)
SELECT n, 'C-' || 100000 + n, 'B' || n,
       CASE WHEN n %% 20 = 0 THEN 'business' ELSE 'individual' END,
       substr('王李张刘陈杨黄赵吴周徐孙马朱胡', 1 + n %% 15, 1)
           || substr('伟芳娜敏静丽强磊军洋勇艳杰娟涛', 1 + n / 15 %% 15, 1)
           || substr('明华国建文平志海春兰', 1 + n / 225 %% 10, 1) || ' ' || n,
       '', '', CASE WHEN n %% 97 = 0 THEN 'review' ELSE 'active' END,
       (ARRAY['low', 'low', 'low', 'medium', 'high'])[1 + n %% 5], 'R' || n %% 31, '', 'CN', 'zh-hans', 'CNY',
       CASE WHEN n <= %(daily)s THEN ARRAY['payment'] ELSE ARRAY['fund'] END,
       %(first)s::date - 400 + (n::bigint * 7919 %% 1120)::int, 1, '{}'
FROM generate_series(1, %(customers)s) AS n
"""
ACCOUNTS = """
INSERT INTO customers_account
    (id, source_id, external_id, number, customer_id, product_id, currency, balance, balance_on, status, terms,
    opened_on)
SELECT id, 1, external_id, 'A' || id, id, CASE WHEN id <= %(daily)s THEN 1 ELSE 2 END, 'CNY',
       (id * 104729 %% 10000000)::numeric / 100, %(last)s, 'open', '{}', joined_on
FROM customers_customer
"""
LOANS = """
INSERT INTO customers_loan
    (id, source_id, external_id, number, customer_id, product_id, currency, principal, annual_rate, periods, method,
     disbursed_on, reported_state, purpose)
SELECT id, 1, external_id, 'L' || id, id, 3, 'CNY', 12000, 0.12, 12, 'equal_principal', %(last)s::date - (id %%
330)::int - 5,
       'running', ''
FROM customers_customer WHERE id %% 100 = 0
"""
INSTALMENTS = """
INSERT INTO customers_instalment (loan_id, number, due_on, principal, interest, fee, paid, paid_on)
SELECT l.id, n, due, 1000, 120, 0, CASE WHEN paid THEN 1120 ELSE 0 END, CASE WHEN paid THEN due END
FROM customers_loan l, generate_series(1, 12) AS n,
     LATERAL (SELECT (l.disbursed_on + make_interval(months => n))::date AS due) AS d,
     LATERAL (SELECT l.id %% 700 <> 0 OR n < 3 AS paid) AS p
"""
HOLDINGS = """
INSERT INTO customers_holding
    (id, source_id, external_id, customer_id, product_id, currency, value, value_on, terms, status, opened_on)
SELECT id, 1, external_id, id, 2, 'CNY', (id * 7907 %% 5000000)::numeric / 100, %(last)s, '{}', 'active', joined_on
FROM customers_customer WHERE id %% 10 = 0
"""
MONTHS = """
SELECT audit_ensure_month('customers_transaction', month::date)
FROM generate_series(date_trunc('month', %(first)s::timestamp), %(last)s::timestamp + interval '1 month', '1 month')
AS month
"""
# One day of both habits, written as one chunk; one row of the result: the ids it spans. Amounts spread from cents to
# thousands.
NIGHT = """
WITH moves AS (
    SELECT c, ((%(day)s::date - date '2020-01-01')::bigint * %(customers)s + c) * %(payments)s + k AS seed, 'payment'
    AS line,
           CASE WHEN k = 1 AND c %% 30 = extract(day FROM %(day)s::date)::int THEN 'deposit' ELSE 'payment' END AS kind
    FROM generate_series(1, %(daily_today)s) AS c, generate_series(1, %(payments)s) AS k
    UNION ALL
    SELECT %(daily)s + 1 + abs(hashint8extended(seed, 7) %% (%(customers)s - %(daily)s)), seed, 'fund',
           CASE WHEN seed %% 3 = 0 THEN 'redemption' ELSE 'purchase' END
    FROM generate_series(1, %(rare_a_day)s) AS k, LATERAL (SELECT (%(day)s::date - date '2020-01-01')::bigint *
    1000003 + k AS seed) AS s
),
priced AS (
    SELECT *, round(exp(2 + 6 * (hashint8(seed) & 65535) / 65536.0)::numeric, 2) AS size FROM moves
),
booked AS (
    INSERT INTO customers_transaction
        (customer_id, account_id, product_id, line, booked_on, booked_at, kind, amount, currency, balance_after,
        channel,
         counterparty, purpose, source_id, external_id, batch_id)
    SELECT c, c, CASE line WHEN 'payment' THEN 1 ELSE 2 END, line, %(day)s, %(day)s::date + interval '10 hours', kind,
           CASE WHEN kind IN ('deposit', 'redemption') THEN size ELSE -size END, 'CNY', 1000, 'app', 'Shop ' || seed
           %% 5000, '', 1,
           line || seed, %(batch)s
    FROM priced
    RETURNING id
)
SELECT min(id), max(id) FROM booked
"""
