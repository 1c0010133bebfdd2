-- Opens enhanced due diligence for each customer for whom it is due and who has none open: a confirmed hit that none has looked
-- at since, a high rating, ownership through other companies where a factor in force says that it counts. What was looked at
-- under the same cause, or since the rating last became another, is not opened again. One row for each that is new.
WITH confirmed AS (
    SELECT DISTINCT ON (h.customer_id) h.customer_id, CASE l.kind WHEN 'pep' THEN 'pep' ELSE 'hit' END AS cause
      FROM customers_screeninghit AS h
      JOIN customers_listentry AS e ON e.id = h.entry_id
      JOIN customers_watchlist AS l ON l.id = e.watch_list_id
     WHERE h.confirmed_at IS NOT NULL AND (%(customers)s::bigint[] IS NULL OR h.customer_id = ANY (%(customers)s))
       AND NOT EXISTS (SELECT FROM customers_enhancedreview AS r
                        WHERE r.customer_id = h.customer_id AND (r.outcome = '' OR r.ended_at >= h.confirmed_at))
     ORDER BY h.customer_id, l.kind = 'pep', h.id
), rated AS (
    SELECT k.customer_id, c.cause
      FROM customers_kycprofile AS k
     CROSS JOIN LATERAL (VALUES
               ('high_risk', coalesce(nullif(k.override, ''), k.rating) = 'high'),
               ('ownership', EXISTS (SELECT FROM jsonb_array_elements(k.factors) AS f WHERE f ->> 0 = 'ownership'))
           ) AS c (cause, is_met)
     WHERE c.is_met AND (%(customers)s::bigint[] IS NULL OR k.customer_id = ANY (%(customers)s))
       AND NOT EXISTS (SELECT FROM customers_enhancedreview AS r
                        WHERE r.customer_id = k.customer_id
                          AND (r.outcome = '' OR r.cause = c.cause OR (r.ended_at AT TIME ZONE %(zone)s)::date >= k.rated_on))
), due AS (
    SELECT DISTINCT ON (u.customer_id) u.customer_id, u.cause
      FROM (SELECT customer_id, cause, 1 AS place FROM confirmed
             UNION ALL
            SELECT customer_id, cause, CASE cause WHEN 'high_risk' THEN 2 ELSE 3 END FROM rated) AS u
      JOIN customers_customer AS c ON c.id = u.customer_id
     WHERE c.status <> 'closed' AND c.erased_at IS NULL AND c.merged_into_id IS NULL
     ORDER BY u.customer_id, u.place
)
INSERT INTO customers_enhancedreview (customer_id, cause, opened_at, outcome)
SELECT customer_id, cause, %(at)s, '' FROM due ORDER BY customer_id
    ON CONFLICT DO NOTHING
RETURNING customer_id
