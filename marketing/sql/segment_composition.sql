-- One row: a way to divide a segment's members, one part of it, and how many of them are in it. Whoever has several business lines
-- is counted in each. `class` is the newest assessment that counts and is valid.
WITH members AS (
    SELECT c.id, c.region, c.lines, c.kind, coalesce(p.lifecycle, '') AS lifecycle
      FROM marketing_segmentmember AS m
      JOIN customers_customer AS c ON c.id = m.customer_id
      LEFT JOIN customers_portrait AS p ON p.customer_id = c.id
     WHERE m.segment_id = %(segment)s AND m.left_at IS NULL
),
assessed AS (
    SELECT DISTINCT ON (s.customer_id) s.customer_id, s.investor_class, s.valid_until
      FROM customers_suitabilityresult AS s JOIN members AS m ON m.id = s.customer_id
     WHERE s.review IN ('', 'confirmed')
     ORDER BY s.customer_id, s.decided_at DESC, s.id DESC
)
SELECT 'line', line, count(*) FROM members, unnest(lines) AS line GROUP BY line
 UNION ALL
SELECT 'region', region, count(*) FROM members GROUP BY region
 UNION ALL
SELECT 'lifecycle', lifecycle, count(*) FROM members GROUP BY lifecycle
 UNION ALL
SELECT 'kind', kind, count(*) FROM members GROUP BY kind
 UNION ALL
SELECT 'class', CASE WHEN a.valid_until >= %(day)s THEN a.investor_class ELSE '' END, count(*)
  FROM members AS m LEFT JOIN assessed AS a ON a.customer_id = m.id
 GROUP BY 2
