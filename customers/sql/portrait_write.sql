-- Rows written: portraits of the customers that the service names in the places in braces: all of them, a range, or those due.
-- m holds the movements of each in one currency, o those in other currencies than the customer's own. portrait_conflict.sql is added
-- where portraits stand already.
WITH balances AS (
    {balances}
),
holdings AS (
    SELECT h.customer_id, h.currency, sum(h.value) AS value
    FROM customers_holding h
    WHERE h.opened_on <= %(day)s
      AND (h.closed_on > %(day)s OR h.closed_on IS NULL AND h.status = 'active') {among_holdings}
    GROUP BY h.customer_id, h.currency
),
moved AS (
    SELECT c.id, c.currency, c.joined_on,
           coalesce(m.n_30, 0) AS n_30, coalesce(m.inflow_30, 0) AS inflow_30, coalesce(m.outflow_30, 0) AS outflow_30,
           coalesce(m.n_90, 0) AS n_90, coalesce(m.inflow_90, 0) AS inflow_90, coalesce(m.outflow_90, 0) AS outflow_90,
           coalesce(m.largest_90, 0) AS largest_90, coalesce(m.squares_90, 0) AS squares_90,
           {active_days} AS active_days_90,
           coalesce({ever}.n, 0) AS frequency, coalesce({ever}.turnover, 0) AS monetary,
           least({ever}.first_on, o.first_on) AS first_on, greatest({ever}.last_on, o.last_on) AS last_on,
           {other_n} AS other_currency_n
    FROM {customers}
    {moves}
    LEFT JOIN portrait_other o ON o.customer_id = c.id
),
fresh AS (
    SELECT m.id, m.currency,
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
           CASE WHEN m.joined_on > %(day)s::date - 30 THEN 'new'
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
    FROM moved m
    LEFT JOIN balances b ON b.customer_id = m.id AND b.currency = m.currency
    LEFT JOIN holdings h ON h.customer_id = m.id AND h.currency = m.currency
    LEFT JOIN portrait_loans l ON l.customer_id = m.id AND l.currency = m.currency
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
