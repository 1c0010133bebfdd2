-- Rows: a month and what the accounts of one customer in one currency held together at its end; an account that did not move in a
-- month keeps its last balance. Months before the first known balance are not there.
WITH ends AS MATERIALIZED (
    SELECT DISTINCT ON (account_id, date_trunc('month', booked_on))
           account_id, date_trunc('month', booked_on)::date AS month, balance_after
      FROM customers_transaction
     WHERE customer_id = ANY(%(numbers)s) AND currency = %(currency)s AND account_id IS NOT NULL AND balance_after IS NOT NULL
       AND (%(lines)s::text[] IS NULL OR line = ANY(%(lines)s))
     ORDER BY account_id, date_trunc('month', booked_on), booked_on DESC, id DESC
), months AS (
    SELECT month::date AS month
      FROM generate_series(date_trunc('month', %(since)s::timestamp), %(until)s::timestamp, '1 month') AS month
)
SELECT months.month, sum(held.balance_after) AS balance
  FROM months,
       LATERAL (SELECT DISTINCT ON (account_id) balance_after
                  FROM ends
                 WHERE ends.month <= months.month
                 ORDER BY account_id, ends.month DESC) AS held
 GROUP BY months.month
 ORDER BY months.month
