-- One row: what a customer did in currencies that are not their own. Most customers have no row.
CREATE TEMP TABLE portrait_other ON COMMIT DROP AS
SELECT p.customer_id, sum(p.frequency) AS n, min(p.first_on) AS first_on, max(p.last_on) AS last_on, bit_or(p.seen) AS seen
FROM portrait_all p
JOIN customers_customer c ON c.id = p.customer_id
WHERE p.currency <> c.currency
GROUP BY p.customer_id
