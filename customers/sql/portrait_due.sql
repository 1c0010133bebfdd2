-- One row: a customer whose portrait may no longer hold, what the later statements ask of them, and what the portrait needs: 3 the
-- whole history, 2 the 90 days anew, 1 what arrived and what left, 0 nothing of the history. xid and since: changes in the log from there on have not been looked at.
CREATE TEMP TABLE portrait_due ON COMMIT DROP AS
WITH logged AS (
    SELECT kind, table_name, pk, changed, body
    FROM audit_event
    WHERE at >= %(since)s AND xid >= %(xid)s
      AND table_name IN ('customers_customer', 'customers_account', 'customers_holding', 'customers_loan', 'customers_instalment')
      AND kind IN ('insert', 'update', 'delete')
),
-- Deleted rows, and rows that went from one customer to another, say in the log whose they were.
owners AS (
    SELECT (body::jsonb ->> 'customer_id')::bigint AS customer_id
    FROM logged
    WHERE kind = 'delete' AND table_name IN ('customers_account', 'customers_holding', 'customers_loan')
    UNION ALL
    SELECT (body::jsonb -> 'customer_id' ->> 0)::bigint
    FROM logged
    WHERE kind = 'update' AND 'customer_id' = ANY (changed)
    UNION ALL
    SELECT l.customer_id
    FROM logged e
    JOIN customers_loan l ON l.id = (e.body::jsonb ->> 'loan_id')::bigint
    WHERE e.kind = 'delete' AND e.table_name = 'customers_instalment'
    UNION ALL
    SELECT a.customer_id
    FROM (SELECT DISTINCT pk::bigint AS id FROM logged WHERE table_name = 'customers_account') AS e
    JOIN customers_account a ON a.id = e.id
    UNION ALL
    SELECT h.customer_id
    FROM (SELECT DISTINCT pk::bigint AS id FROM logged WHERE table_name = 'customers_holding') AS e
    JOIN customers_holding h ON h.id = e.id
    UNION ALL
    SELECT l.customer_id
    FROM (SELECT DISTINCT pk::bigint AS id FROM logged WHERE table_name = 'customers_loan') AS e
    JOIN customers_loan l ON l.id = e.id
    UNION ALL
    SELECT l.customer_id
    FROM (SELECT DISTINCT pk::bigint AS id FROM logged WHERE table_name = 'customers_instalment') AS e
    JOIN customers_instalment i ON i.id = e.id
    JOIN customers_loan l ON l.id = i.loan_id
),
reasons AS (
    SELECT customer_id, 0 AS need FROM owners
    UNION ALL
    SELECT pk::bigint, CASE WHEN kind = 'insert' OR 'currency' = ANY (changed) OR 'merged_into_id' = ANY (changed) THEN 3 ELSE 0 END
    FROM logged WHERE table_name = 'customers_customer' AND kind IN ('insert', 'update')
    UNION ALL
    -- Who others were merged into, or parted from again, has another history.
    SELECT (body::jsonb -> 'merged_into_id' ->> side)::bigint, 3
    FROM logged, generate_series(0, 1) AS side
    WHERE table_name = 'customers_customer' AND kind = 'update' AND 'merged_into_id' = ANY (changed)
      AND body::jsonb -> 'merged_into_id' ->> side IS NOT NULL
    UNION ALL
    -- What is booked late changes days that the portrait has already counted.
    SELECT customer_id, CASE WHEN day <= %(stood)s THEN 2 ELSE 1 END FROM portrait_arrived
    UNION ALL
    -- With the largest movement gone the next largest is looked for, unless nothing is left to look at.
    SELECT l.customer_id, CASE WHEN l.largest >= p.largest_90 AND l.width = 90 AND p.n_90 > sum(l.n) FILTER (
               WHERE l.width = 90 AND l.currency = p.currency
           ) OVER (PARTITION BY l.customer_id) THEN 2 ELSE 1 END
    FROM portrait_left l
    JOIN customers_portrait p ON p.customer_id = l.customer_id
    UNION ALL
    -- The first thirty days as a customer are over.
    SELECT id, 0 FROM customers_customer
    WHERE joined_on > %(stood)s::date - 30 AND joined_on <= %(day)s::date - 30
    UNION ALL
    SELECT customer_id, 0 FROM customers_holding WHERE opened_on > %(stood)s AND opened_on <= %(day)s
    UNION ALL
    SELECT customer_id, 0 FROM customers_holding WHERE closed_on > %(stood)s AND closed_on <= %(day)s
    UNION ALL
    SELECT c.id, 0
    FROM portrait_loans l
    JOIN customers_customer c ON c.id = l.customer_id AND c.currency = l.currency
    JOIN customers_portrait p ON p.customer_id = c.id
    WHERE (p.loans_outstanding, p.overdue_amount, p.overdue_days, 'arrears' = ANY (p.flags))
        IS DISTINCT FROM (l.outstanding, l.overdue_amount, l.overdue_days, l.in_arrears)
    UNION ALL
    SELECT p.customer_id, 0
    FROM customers_portrait p
    WHERE p.overdue_days > 0 AND p.customer_id NOT IN (SELECT customer_id FROM portrait_loans)
)
SELECT r.customer_id, CASE WHEN p.customer_id IS NULL THEN 3 ELSE r.need END AS need, c.currency, c.joined_on
FROM (SELECT customer_id, max(need) AS need FROM reasons GROUP BY customer_id) AS r
JOIN customers_customer c ON c.id = r.customer_id AND c.merged_into_id IS NULL
LEFT JOIN customers_portrait p ON p.customer_id = r.customer_id
