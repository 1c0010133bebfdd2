-- One row: how often, in the 30 days to the day, what one customer moved in one direction on one day reached the amount from
-- which it is reported as large. In and out count separately; interest, fees, rewards and reversals are not customers' moves.
WITH threshold AS (
    SELECT DISTINCT ON (code, currency) code, currency, value
    FROM risk_parameter
    WHERE code IN ('large_transaction_individual', 'large_transaction_business')
      AND valid_from <= %(day)s AND (valid_to IS NULL OR valid_to >= %(day)s)
      AND jurisdiction = CASE WHEN EXISTS (
              SELECT FROM risk_parameter WHERE code = 'large_transaction_individual' AND jurisdiction = %(jurisdiction)s
          ) THEN %(jurisdiction)s ELSE 'CN' END
    ORDER BY code, currency, valid_from DESC
),
moved AS (
    SELECT customer_id, booked_on, currency,
           coalesce(sum(amount) FILTER (WHERE amount > 0), 0) AS inflow,
           -coalesce(sum(amount) FILTER (WHERE amount < 0), 0) AS outflow
    FROM customers_transaction
    WHERE booked_on > %(day)s::date - 30 AND booked_on <= %(day)s
      AND kind NOT IN ('interest', 'fee', 'reward', 'reversal')
      AND (%(line)s::text IS NULL OR line = %(line)s)
    GROUP BY customer_id, booked_on, currency
),
large AS (
    SELECT coalesce(sum((m.inflow >= h.value)::int + (m.outflow >= h.value)::int), 0) AS times
    FROM moved m
    JOIN customers_customer c ON c.id = m.customer_id
    JOIN threshold h ON h.code = 'large_transaction_' || c.kind AND h.currency = m.currency
)
SELECT times AS numerator, NULL::numeric AS denominator, times AS value
FROM large
WHERE EXISTS (SELECT FROM threshold)
