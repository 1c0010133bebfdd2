-- One row: the movements of one due customer as of the business date, put together from what each needs: all of the history, or
-- what the portrait held with what arrived added and what left taken away.
CREATE TEMP TABLE portrait_moves ON COMMIT DROP AS
WITH own AS (
    SELECT customer_id, need, currency FROM portrait_due
),
arrived AS (
    SELECT o.customer_id,
           sum(a.n) FILTER (WHERE a.currency = o.currency) AS n,
           sum(a.inflow) FILTER (WHERE a.currency = o.currency) AS inflow,
           sum(a.outflow) FILTER (WHERE a.currency = o.currency) AS outflow,
           max(a.largest) FILTER (WHERE a.currency = o.currency) AS largest,
           sum(a.squares) FILTER (WHERE a.currency = o.currency) AS squares,
           coalesce(sum(a.n) FILTER (WHERE a.currency <> o.currency), 0) AS other_n,
           count(DISTINCT a.day) AS days, min(a.day) AS first_on, max(a.day) AS last_on
    FROM own o
    JOIN portrait_arrived a ON a.customer_id = o.customer_id
    GROUP BY o.customer_id
),
gone AS (
    SELECT o.customer_id,
           sum(l.n) FILTER (WHERE l.width = 30 AND l.currency = o.currency) AS n_30,
           sum(l.inflow) FILTER (WHERE l.width = 30 AND l.currency = o.currency) AS inflow_30,
           sum(l.outflow) FILTER (WHERE l.width = 30 AND l.currency = o.currency) AS outflow_30,
           sum(l.n) FILTER (WHERE l.width = 90 AND l.currency = o.currency) AS n_90,
           sum(l.inflow) FILTER (WHERE l.width = 90 AND l.currency = o.currency) AS inflow_90,
           sum(l.outflow) FILTER (WHERE l.width = 90 AND l.currency = o.currency) AS outflow_90,
           sum(l.squares) FILTER (WHERE l.width = 90 AND l.currency = o.currency) AS squares_90,
           count(DISTINCT l.day) FILTER (WHERE l.width = 90) AS days
    FROM own o
    JOIN portrait_left l ON l.customer_id = o.customer_id
    WHERE o.need = 1
    GROUP BY o.customer_id
),
recent AS (
    SELECT o.customer_id,
           sum(w.n_30) FILTER (WHERE w.currency = o.currency) AS n_30,
           sum(w.inflow_30) FILTER (WHERE w.currency = o.currency) AS inflow_30,
           sum(w.outflow_30) FILTER (WHERE w.currency = o.currency) AS outflow_30,
           sum(w.n_90) FILTER (WHERE w.currency = o.currency) AS n_90,
           sum(w.inflow_90) FILTER (WHERE w.currency = o.currency) AS inflow_90,
           sum(w.outflow_90) FILTER (WHERE w.currency = o.currency) AS outflow_90,
           max(w.largest_90) FILTER (WHERE w.currency = o.currency) AS largest_90,
           sum(w.squares_90) FILTER (WHERE w.currency = o.currency) AS squares_90,
           bit_count(bit_or(w.seen)) AS days
    FROM own o
    JOIN portrait_window w ON w.customer_id = o.customer_id
    GROUP BY o.customer_id
),
ever AS (
    SELECT o.customer_id,
           sum(h.n) FILTER (WHERE h.currency = o.currency) AS n,
           sum(h.turnover) FILTER (WHERE h.currency = o.currency) AS turnover,
           coalesce(sum(h.n) FILTER (WHERE h.currency <> o.currency), 0) AS other_n,
           min(h.first_on) AS first_on, max(h.last_on) AS last_on
    FROM own o
    JOIN portrait_history h ON h.customer_id = o.customer_id
    GROUP BY o.customer_id
)
SELECT o.customer_id,
       CASE WHEN o.need >= 2 THEN coalesce(r.n_30, 0) ELSE p.n_30 + coalesce(a.n, 0) - coalesce(g.n_30, 0) END AS n_30,
       CASE WHEN o.need >= 2 THEN coalesce(r.inflow_30, 0)
            ELSE p.inflow_30 + coalesce(a.inflow, 0) - coalesce(g.inflow_30, 0) END AS inflow_30,
       CASE WHEN o.need >= 2 THEN coalesce(r.outflow_30, 0)
            ELSE p.outflow_30 + coalesce(a.outflow, 0) - coalesce(g.outflow_30, 0) END AS outflow_30,
       CASE WHEN o.need >= 2 THEN coalesce(r.n_90, 0) ELSE p.n_90 + coalesce(a.n, 0) - coalesce(g.n_90, 0) END AS n_90,
       CASE WHEN o.need >= 2 THEN coalesce(r.inflow_90, 0)
            ELSE p.inflow_90 + coalesce(a.inflow, 0) - coalesce(g.inflow_90, 0) END AS inflow_90,
       CASE WHEN o.need >= 2 THEN coalesce(r.outflow_90, 0)
            ELSE p.outflow_90 + coalesce(a.outflow, 0) - coalesce(g.outflow_90, 0) END AS outflow_90,
       CASE WHEN o.need >= 2 THEN coalesce(r.largest_90, 0)
            WHEN p.n_90 = coalesce(g.n_90, 0) THEN coalesce(a.largest, 0)
            ELSE greatest(p.largest_90, a.largest) END AS largest_90,
       CASE WHEN o.need >= 2 THEN coalesce(r.squares_90, 0)
            ELSE p.squares_90 + coalesce(a.squares, 0) - coalesce(g.squares_90, 0) END AS squares_90,
       CASE WHEN o.need >= 2 THEN coalesce(r.days, 0)
            ELSE p.active_days_90 + coalesce(a.days, 0) - coalesce(g.days, 0) END AS active_days_90,
       CASE WHEN o.need = 3 THEN coalesce(e.n, 0) ELSE p.frequency + coalesce(a.n, 0) END AS n,
       CASE WHEN o.need = 3 THEN coalesce(e.turnover, 0)
            ELSE p.monetary + coalesce(a.inflow + a.outflow, 0) END AS turnover,
       CASE WHEN o.need = 3 THEN e.first_on ELSE least(p.first_on, a.first_on) END AS first_on,
       CASE WHEN o.need = 3 THEN e.last_on ELSE greatest(p.last_on, a.last_on) END AS last_on,
       CASE WHEN o.need = 3 THEN coalesce(e.other_n, 0) ELSE p.other_currency_n + coalesce(a.other_n, 0) END AS other_currency_n
FROM own o
LEFT JOIN customers_portrait p ON p.customer_id = o.customer_id
LEFT JOIN arrived a ON a.customer_id = o.customer_id
LEFT JOIN gone g ON g.customer_id = o.customer_id
LEFT JOIN recent r ON r.customer_id = o.customer_id
LEFT JOIN ever e ON e.customer_id = o.customer_id
