-- One row of the result: an import that brought more transactions than were written down as chunks, and a range of ids that were
-- left over; no chunk lies inside the range. Looks at imports since `since` and at those that have no chunk at all.
WITH suspects AS (
    SELECT r.id
    FROM customers_importrun r
    WHERE r.created_at >= %(since)s
       OR r.ended_at >= %(since)s
       OR r.ended_at IS NULL
       OR NOT EXISTS (SELECT FROM customers_activitybatch b WHERE b.batch_id = r.id)
),
arrived AS (
    SELECT s.id AS batch_id, t.n
    FROM suspects s
    CROSS JOIN LATERAL (SELECT count(*) AS n FROM customers_transaction WHERE batch_id = s.id) AS t
    UNION ALL
    SELECT NULL, count(*) FROM customers_transaction WHERE batch_id IS NULL
),
short AS (
    SELECT a.batch_id
    FROM arrived a
    LEFT JOIN (SELECT batch_id, sum(rows) AS n FROM customers_activitybatch GROUP BY batch_id) AS w
        ON w.batch_id IS NOT DISTINCT FROM a.batch_id
    WHERE a.n > coalesce(w.n, 0)
)
SELECT s.batch_id, min(t.id), max(t.id)
FROM short s
JOIN customers_transaction t ON t.batch_id IS NOT DISTINCT FROM s.batch_id
WHERE NOT EXISTS (
    SELECT FROM customers_activitybatch b
    WHERE b.batch_id IS NOT DISTINCT FROM s.batch_id AND t.id BETWEEN b.first_id AND b.last_id
)
GROUP BY s.batch_id, (
    SELECT count(*) FROM customers_activitybatch b
    WHERE b.batch_id IS NOT DISTINCT FROM s.batch_id AND b.last_id < t.id
)
