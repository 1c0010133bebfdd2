-- One row: balances and holdings of the ten largest customers over those of all with any; in the currency that most customers'
-- figures are in, the others counted.
WITH main AS (SELECT currency FROM customers_portrait GROUP BY currency ORDER BY count(*) DESC, currency LIMIT 1),
kept AS (
    SELECT p.balance + p.holdings_value AS amount
    FROM customers_portrait p
    JOIN main USING (currency)
    WHERE p.balance + p.holdings_value > 0
),
top AS (SELECT sum(amount) AS amount FROM (SELECT amount FROM kept ORDER BY amount DESC LIMIT 10) AS ten),
whole AS (SELECT sum(amount) AS amount FROM kept)
SELECT coalesce(top.amount, 0) AS numerator,
       coalesce(whole.amount, 0) AS denominator,
       top.amount / whole.amount AS value,
       (SELECT currency FROM main) AS currency,
       (SELECT count(*) FROM customers_portrait p JOIN main m ON p.currency <> m.currency) AS left_out
FROM top
CROSS JOIN whole
