-- One row: client money that left in the seven days to the day, less what came, over client money before them. Client money is
-- balances and holdings; what moves between the two (subscription, redemption) neither leaves nor comes. In the currency that
-- most customers' figures are in, customers with others counted.
WITH main AS (SELECT currency FROM customers_portrait GROUP BY currency ORDER BY count(*) DESC, currency LIMIT 1),
kept AS (
    SELECT coalesce(sum(p.balance + p.holdings_value) FILTER (WHERE p.currency = m.currency), 0) AS amount,
           count(*) FILTER (WHERE p.currency <> m.currency) AS left_out,
           max(m.currency) AS currency
    FROM customers_portrait p
    CROSS JOIN main m
),
flow AS (
    SELECT -coalesce(sum(t.amount), 0) AS amount
    FROM customers_transaction t
    JOIN main m ON m.currency = t.currency
    WHERE t.booked_on > %(day)s::date - 7 AND t.booked_on <= %(day)s
      AND t.kind NOT IN ('purchase', 'redemption')
)
SELECT flow.amount AS numerator,
       kept.amount + flow.amount AS denominator,
       CASE WHEN kept.amount + flow.amount > 0 THEN flow.amount / (kept.amount + flow.amount) END AS value,
       kept.currency,
       kept.left_out
FROM kept
CROSS JOIN flow
