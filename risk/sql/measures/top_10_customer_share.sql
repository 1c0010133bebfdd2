-- One row: balances and holdings of the ten largest customers over those of all with any; in the currency that most customers'
-- figures are in, the others counted.
WITH main AS (SELECT currency FROM customers_portrait GROUP BY currency ORDER BY count(*) DESC, currency LIMIT 1),
ranked AS (
    SELECT p.balance + p.holdings_value AS amount, p.currency,
           row_number() OVER (ORDER BY p.balance + p.holdings_value DESC, p.customer_id DESC) AS place
    FROM customers_portrait p
    JOIN main USING (currency)
    WHERE p.balance + p.holdings_value > 0
)
SELECT coalesce(sum(amount) FILTER (WHERE place <= 10), 0) AS numerator,
       coalesce(sum(amount), 0) AS denominator,
       sum(amount) FILTER (WHERE place <= 10) / nullif(sum(amount), 0) AS value,
       max(currency) AS currency,
       (SELECT count(*) FROM customers_portrait p JOIN main m ON p.currency <> m.currency) AS left_out
FROM ranked
