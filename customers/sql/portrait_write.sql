-- Rows written: portraits that are new or differ from those that stand. The places in braces are filled by the
-- service: whose movements (all customers, or those due), and accordingly whose accounts and holdings are read.
WITH balances AS (
    -- An account whose balance is newer than the business date had, on that date, what its last movement until then left.
    SELECT customer_id, currency, sum(balance) AS balance
    FROM (
        SELECT a.customer_id, a.currency, a.balance
        FROM customers_account a
        WHERE (a.balance_on IS NULL OR a.balance_on <= %(day)s) {among_accounts}
        UNION ALL
        SELECT a.customer_id, a.currency, t.balance_after
        FROM customers_account a
        CROSS JOIN LATERAL (
            SELECT balance_after
            FROM customers_transaction
            WHERE account_id = a.id AND booked_on <= %(day)s AND balance_after IS NOT NULL
            ORDER BY booked_on DESC, id DESC
            LIMIT 1
        ) AS t
        WHERE a.balance_on > %(day)s {among_accounts}
    ) AS standing
    GROUP BY customer_id, currency
),
holdings AS (
    SELECT h.customer_id, h.currency, sum(h.value) AS value
    FROM customers_holding h
    WHERE h.opened_on <= %(day)s
      AND (h.closed_on > %(day)s OR h.closed_on IS NULL AND h.status = 'active') {among_holdings}
    GROUP BY h.customer_id, h.currency
),
fresh AS (
    SELECT c.id, c.currency,
           coalesce(b.balance, 0) AS balance, coalesce(h.value, 0) AS holdings_value,
           coalesce(l.outstanding, 0) AS loans_outstanding, coalesce(l.overdue_amount, 0) AS overdue_amount,
           coalesce(l.overdue_days, 0) AS overdue_days,
           m.n_30, m.inflow_30, m.outflow_30, m.n_90, m.inflow_90, m.outflow_90, m.largest_90, m.squares_90,
           CASE WHEN m.n_90 > 0 THEN (m.inflow_90 + m.outflow_90)::float8 / m.n_90 END AS mean_90,
           -- The difference is taken exactly; only its root is a float.
           CASE WHEN m.n_90 > 1 THEN sqrt(
               (m.n_90 * m.squares_90 - (m.inflow_90 + m.outflow_90) * (m.inflow_90 + m.outflow_90))::float8
               / (m.n_90::float8 * (m.n_90 - 1))
           ) END AS deviation_90,
           m.active_days_90, m.frequency, m.monetary, m.first_on, m.last_on,
           CASE WHEN m.inflow_90 + m.outflow_90 > 0
                THEN 3 * (m.inflow_30 + m.outflow_30)::float8 / (m.inflow_90 + m.outflow_90)::float8 - 1 END AS trend,
           CASE WHEN c.joined_on > %(day)s::date - 30 THEN 'new'
                WHEN m.last_on > %(day)s::date - 30 THEN 'active'
                WHEN m.last_on > %(day)s::date - 90 THEN 'cooling'
                WHEN m.last_on IS NOT NULL THEN 'dormant'
                ELSE 'never' END AS lifecycle,
           m.other_currency_n,
           array_remove(ARRAY[
               CASE WHEN l.overdue_days > 0 THEN 'overdue' END,
               CASE WHEN l.in_arrears THEN 'arrears' END,
               CASE WHEN m.other_currency_n > 0 THEN 'other_currency' END
           ], NULL) AS flags
    FROM customers_customer c
    JOIN {moves} AS m ON m.customer_id = c.id
    LEFT JOIN balances b ON b.customer_id = c.id AND b.currency = c.currency
    LEFT JOIN holdings h ON h.customer_id = c.id AND h.currency = c.currency
    LEFT JOIN portrait_loans l ON l.customer_id = c.id AND l.currency = c.currency
)
INSERT INTO customers_portrait AS stood (
    customer_id, as_of, run,
    currency, balance, holdings_value, loans_outstanding, overdue_amount, overdue_days, n_30, inflow_30, outflow_30,
    n_90, inflow_90, outflow_90, largest_90, squares_90, mean_90, deviation_90, active_days_90, frequency, monetary,
    first_on, last_on, trend, lifecycle, other_currency_n, flags
)
SELECT id, %(day)s, %(run)s,
       currency, balance, holdings_value, loans_outstanding, overdue_amount, overdue_days, n_30, inflow_30,
       outflow_30, n_90, inflow_90, outflow_90, largest_90, squares_90, mean_90, deviation_90, active_days_90,
       frequency, monetary, first_on, last_on, trend, lifecycle, other_currency_n, flags
FROM fresh
ON CONFLICT (customer_id) DO UPDATE SET
    as_of = excluded.as_of,
    run = excluded.run,
    currency = excluded.currency,
    balance = excluded.balance,
    holdings_value = excluded.holdings_value,
    loans_outstanding = excluded.loans_outstanding,
    overdue_amount = excluded.overdue_amount,
    overdue_days = excluded.overdue_days,
    n_30 = excluded.n_30,
    inflow_30 = excluded.inflow_30,
    outflow_30 = excluded.outflow_30,
    n_90 = excluded.n_90,
    inflow_90 = excluded.inflow_90,
    outflow_90 = excluded.outflow_90,
    largest_90 = excluded.largest_90,
    squares_90 = excluded.squares_90,
    mean_90 = excluded.mean_90,
    deviation_90 = excluded.deviation_90,
    active_days_90 = excluded.active_days_90,
    frequency = excluded.frequency,
    monetary = excluded.monetary,
    first_on = excluded.first_on,
    last_on = excluded.last_on,
    trend = excluded.trend,
    lifecycle = excluded.lifecycle,
    other_currency_n = excluded.other_currency_n,
    flags = excluded.flags
WHERE (
    stood.currency, stood.balance, stood.holdings_value, stood.loans_outstanding, stood.overdue_amount,
    stood.overdue_days, stood.n_30, stood.inflow_30, stood.outflow_30, stood.n_90, stood.inflow_90, stood.outflow_90,
    stood.largest_90, stood.squares_90, stood.mean_90, stood.deviation_90, stood.active_days_90, stood.frequency,
    stood.monetary, stood.first_on, stood.last_on, stood.trend, stood.lifecycle, stood.other_currency_n, stood.flags
) IS DISTINCT FROM (
    excluded.currency, excluded.balance, excluded.holdings_value, excluded.loans_outstanding, excluded.overdue_amount,
    excluded.overdue_days, excluded.n_30, excluded.inflow_30, excluded.outflow_30, excluded.n_90, excluded.inflow_90,
    excluded.outflow_90, excluded.largest_90, excluded.squares_90, excluded.mean_90, excluded.deviation_90,
    excluded.active_days_90, excluded.frequency, excluded.monetary, excluded.first_on, excluded.last_on, excluded.trend,
    excluded.lifecycle, excluded.other_currency_n, excluded.flags
)
