-- One row: the movements of one customer as of the business date, from the whole history. Sums are those in the customer's
-- currency; movements in others count for first and last day, active days and `other_currency_n`.
WITH other AS (
    SELECT h.customer_id, sum(h.n) AS n, min(h.first_on) AS first_on, max(h.last_on) AS last_on, bit_or(w.seen) AS seen
    FROM portrait_history h
    JOIN customers_customer c ON c.id = h.customer_id AND c.currency <> h.currency
    LEFT JOIN portrait_window w ON w.customer_id = h.customer_id AND w.currency = h.currency
    GROUP BY h.customer_id
)
SELECT c.id AS customer_id,
       coalesce(w.n_30, 0) AS n_30, coalesce(w.inflow_30, 0) AS inflow_30, coalesce(w.outflow_30, 0) AS outflow_30,
       coalesce(w.n_90, 0) AS n_90, coalesce(w.inflow_90, 0) AS inflow_90, coalesce(w.outflow_90, 0) AS outflow_90,
       coalesce(w.largest_90, 0) AS largest_90, coalesce(w.squares_90, 0) AS squares_90,
       coalesce(bit_count(CASE WHEN o.seen IS NULL THEN w.seen ELSE coalesce(w.seen, o.seen) | o.seen END), 0) AS active_days_90,
       coalesce(h.n, 0) AS frequency, coalesce(h.turnover, 0) AS monetary,
       least(h.first_on, o.first_on) AS first_on, greatest(h.last_on, o.last_on) AS last_on, coalesce(o.n, 0) AS other_currency_n
FROM customers_customer c
LEFT JOIN portrait_history h ON h.customer_id = c.id AND h.currency = c.currency
LEFT JOIN portrait_window w ON w.customer_id = c.id AND w.currency = c.currency
LEFT JOIN other o ON o.customer_id = c.id
