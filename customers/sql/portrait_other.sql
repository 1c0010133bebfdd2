-- One row: what a customer did in currencies that are not their own. Most customers have no row.
CREATE TEMP TABLE portrait_other ON COMMIT DROP AS
SELECT h.customer_id, sum(h.n) AS n, min(h.first_on) AS first_on, max(h.last_on) AS last_on, bit_or(w.seen) AS seen
FROM portrait_history h
JOIN customers_customer c ON c.id = h.customer_id AND c.currency <> h.currency
LEFT JOIN portrait_window w ON w.customer_id = h.customer_id AND w.currency = h.currency
GROUP BY h.customer_id
