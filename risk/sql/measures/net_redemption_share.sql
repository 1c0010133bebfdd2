-- One row: what holders of wealth and fund products redeemed on the day, less what they subscribed, over what they held before;
-- in the currency that most holdings are in, the others counted.
WITH held AS (
    SELECT h.value, h.currency
    FROM customers_holding h
    JOIN products_product p ON p.id = h.product_id
    WHERE h.status = 'active' AND h.opened_on <= %(day)s AND p.line_id IN ('wealth', 'fund')
      AND (%(line)s::text IS NULL OR p.line_id = %(line)s)
),
main AS (SELECT currency FROM held GROUP BY currency ORDER BY count(*) DESC, currency LIMIT 1),
kept AS (
    SELECT coalesce(sum(value), 0) AS amount, max(currency) AS currency, (SELECT count(*) FROM held) - count(*) AS left_out
    FROM held
    JOIN main USING (currency)
),
flow AS (
    SELECT coalesce(sum(t.amount), 0) AS amount
    FROM customers_transaction t
    JOIN main USING (currency)
    JOIN products_product p ON p.id = t.product_id
    WHERE t.booked_on = %(day)s AND t.kind IN ('purchase', 'redemption') AND p.line_id IN ('wealth', 'fund')
      AND (%(line)s::text IS NULL OR p.line_id = %(line)s)
)
SELECT flow.amount AS numerator,
       kept.amount + flow.amount AS denominator,
       CASE WHEN kept.amount + flow.amount > 0 THEN flow.amount / (kept.amount + flow.amount) END AS value,
       kept.currency,
       kept.left_out
FROM kept
CROSS JOIN flow
