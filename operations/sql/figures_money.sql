-- One row: a sum of money in one currency, overall (empty line) or for a line. Volume is what moved in either direction; interest
-- income is the interest in instalments paid and what customers paid as interest otherwise. What flows is noted for the day and,
-- as …_30, for the 30 days that end with it: months can be drawn from nights that ran now and then.
WITH moved AS (
    SELECT line, currency, day = %(day)s AS today, sum(turnover) AS volume, sum(inflow) - sum(outflow) AS net_inflow,
           coalesce(sum(outflow - inflow) FILTER (WHERE kind = 'fee'), 0) AS fee_income,
           coalesce(sum(outflow) FILTER (WHERE kind = 'interest'), 0) AS interest_income,
           coalesce(sum(inflow) FILTER (WHERE kind = 'interest'), 0) AS interest_paid
    FROM customers_activity
    WHERE day > %(day)s::date - 30 AND day <= %(day)s
    GROUP BY line, currency, day = %(day)s
),
flows AS (
    SELECT line, currency, '' AS suffix, volume, net_inflow, fee_income, interest_income, interest_paid FROM moved WHERE today
    UNION ALL
    SELECT line, currency, '_30', sum(volume), sum(net_inflow), sum(fee_income), sum(interest_income), sum(interest_paid)
    FROM moved
    GROUP BY line, currency
),
instalments AS (
    SELECT p.line_id AS line, l.currency, sum(i.interest) FILTER (WHERE i.paid_on = %(day)s) AS interest, sum(i.interest) AS interest_30
    FROM customers_instalment i
    JOIN customers_loan l ON l.id = i.loan_id
    JOIN products_product p ON p.id = l.product_id
    WHERE i.paid_on > %(day)s::date - 30 AND i.paid_on <= %(day)s
    GROUP BY p.line_id, l.currency
),
holdings AS (
    SELECT p.line_id AS line, h.currency, sum(h.value) AS value
    FROM customers_holding h
    JOIN products_product p ON p.id = h.product_id
    WHERE h.opened_on <= %(day)s AND (h.closed_on > %(day)s OR h.closed_on IS NULL AND h.status = 'active')
    GROUP BY p.line_id, h.currency
),
loans AS (
    SELECT p.line_id AS line, l.currency, sum(l.outstanding) AS outstanding, sum(l.overdue_amount) AS overdue
    FROM loan_standing l
    JOIN products_product p ON p.id = l.product_id
    GROUP BY p.line_id, l.currency
),
balances AS (
    SELECT p.line_id AS line, a.currency, sum(a.balance) AS balance
    FROM account_standing a
    JOIN products_product p ON p.id = a.product_id
    GROUP BY p.line_id, a.currency
),
noted (name, line, currency, value) AS (
    SELECT f.name || suffix, line, currency, f.value
    FROM flows
    CROSS JOIN LATERAL (
        VALUES ('volume', volume), ('net_inflow', net_inflow), ('fee_income', fee_income), ('interest_income', interest_income),
               ('interest_paid', interest_paid)
    ) AS f (name, value)
    UNION ALL SELECT 'interest_income', line, currency, interest FROM instalments WHERE interest IS NOT NULL
    UNION ALL SELECT 'interest_income_30', line, currency, interest_30 FROM instalments
    UNION ALL SELECT 'holdings', line, currency, value FROM holdings
    UNION ALL SELECT 'loans_outstanding', line, currency, outstanding FROM loans
    UNION ALL SELECT 'overdue', line, currency, overdue FROM loans
    UNION ALL SELECT 'balances', line, currency, balance FROM balances
)
SELECT name, line, currency, sum(value) AS value
FROM noted
WHERE line <> ''
GROUP BY name, line, currency
UNION ALL
SELECT name, '', currency, sum(value)
FROM noted
GROUP BY name, currency
