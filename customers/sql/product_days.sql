-- Rows written: products whose figures of the business date are new or differ from those that stand. Balance is what customers have in
-- accounts, hold at its latest value and owe on loans; holders are counted once a product; flows are the day's movements in the
-- product's currency. Products that nobody ever held get no row.
WITH held AS (
    SELECT product_id, customer_id, currency, balance FROM account_standing
    UNION ALL
    SELECT product_id, customer_id, currency, value
    FROM customers_holding
    WHERE opened_on <= %(day)s AND (closed_on > %(day)s OR closed_on IS NULL AND status = 'active')
    UNION ALL
    SELECT product_id, customer_id, currency, outstanding FROM loan_standing
),
holders AS (
    SELECT product_id, count(*) AS holders, sum(balance) AS balance
    FROM (
        SELECT h.product_id, h.customer_id, sum(h.balance) FILTER (WHERE h.currency = p.currency) AS balance
        FROM held h
        JOIN products_product p ON p.id = h.product_id
        GROUP BY h.product_id, h.customer_id
    ) AS each
    GROUP BY product_id
),
flows AS (
    SELECT t.product_id,
           coalesce(sum(t.amount) FILTER (WHERE t.amount > 0), 0) AS inflow,
           coalesce(-sum(t.amount) FILTER (WHERE t.amount < 0), 0) AS outflow
    FROM customers_transaction t
    JOIN products_product p ON p.id = t.product_id AND p.currency = t.currency
    WHERE t.booked_on = %(day)s
    GROUP BY t.product_id
)
INSERT INTO products_productday AS stood (product_id, day, holders, balance, inflow, outflow)
SELECT p.id, %(day)s, coalesce(h.holders, 0), coalesce(h.balance, 0), coalesce(f.inflow, 0), coalesce(f.outflow, 0)
FROM products_product p
LEFT JOIN holders h ON h.product_id = p.id
LEFT JOIN flows f ON f.product_id = p.id
WHERE h.product_id IS NOT NULL OR f.product_id IS NOT NULL
   OR EXISTS (SELECT FROM products_productday d WHERE d.product_id = p.id AND d.day <= %(day)s)
ORDER BY p.id
ON CONFLICT (product_id, day) DO UPDATE SET
    holders = excluded.holders, balance = excluded.balance, inflow = excluded.inflow, outflow = excluded.outflow
WHERE (stood.holders, stood.balance, stood.inflow, stood.outflow)
    IS DISTINCT FROM (excluded.holders, excluded.balance, excluded.inflow, excluded.outflow)
