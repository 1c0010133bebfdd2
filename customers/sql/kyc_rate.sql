-- Rates customers by the factors in force and sets when they are looked at again. Only what is different is written. One
-- row a customer whose profile was written.
WITH met AS (
    SELECT c.id, f.code, f.value, f.points
      FROM customers_customer AS c
      LEFT JOIN customers_portrait AS p ON p.customer_id = c.id
      JOIN unnest(%(codes)s::text[], %(values)s::text[], %(leasts)s::bigint[], %(points)s::int[])
           AS f (code, value, least, points) ON CASE f.code
               WHEN 'business' THEN c.kind = 'business'
               WHEN 'foreign' THEN c.jurisdiction NOT IN ('', %(home)s)
               WHEN 'country' THEN c.jurisdiction = f.value
               WHEN 'new' THEN c.joined_on > %(today)s::date - f.least::int
               WHEN 'lines' THEN cardinality(c.lines) >= f.least
               WHEN 'turnover' THEN p.inflow_90 + abs(p.outflow_90) >= f.least
               WHEN 'unverified' THEN NOT EXISTS (
                   SELECT FROM customers_identitydocument AS d WHERE d.customer_id = c.id AND d.status = 'verified')
               WHEN 'ownership' THEN c.kind = 'business' AND EXISTS (
                   SELECT FROM customers_stake AS s WHERE s.customer_id = c.id AND s.company <> '' AND s.to_on IS NULL)
               WHEN 'source' THEN c.risk_level = f.value
               WHEN 'frozen' THEN c.status = 'frozen'
           END
     WHERE c.id BETWEEN %(first)s AND %(last)s
), rated AS (
    SELECT c.id, c.jurisdiction, coalesce(sum(met.points), 0)::int AS points,
           coalesce(jsonb_agg(jsonb_build_array(met.code, met.value, met.points)
                              ORDER BY met.points DESC, met.code, met.value) FILTER (WHERE met.code IS NOT NULL), '[]') AS factors
      FROM customers_customer AS c
      LEFT JOIN met ON met.id = c.id
     WHERE c.id BETWEEN %(first)s AND %(last)s AND c.erased_at IS NULL AND c.merged_into_id IS NULL AND c.status <> 'closed'
     GROUP BY c.id
), judged AS (
    SELECT r.*, CASE WHEN r.points >= %(high)s THEN 'high' WHEN r.points >= %(medium)s THEN 'medium' ELSE 'low' END AS rating
      FROM rated AS r
), due AS (
    SELECT j.*, coalesce(k.reviewed_on, k.first_rated_on, %(today)s::date)
           + make_interval(months => coalesce(own.months, everywhere.months)) AS next_review
      FROM judged AS j
      LEFT JOIN customers_kycprofile AS k ON k.customer_id = j.id
      LEFT JOIN unnest(%(places)s::text[], %(ratings)s::text[], %(months)s::int[]) AS own (place, rating, months)
             ON own.place = j.jurisdiction AND own.place <> '' AND own.rating = coalesce(nullif(k.override, ''), j.rating)
      LEFT JOIN unnest(%(places)s::text[], %(ratings)s::text[], %(months)s::int[]) AS everywhere (place, rating, months)
             ON everywhere.place = '' AND everywhere.rating = coalesce(nullif(k.override, ''), j.rating)
)
INSERT INTO customers_kycprofile AS k (customer_id, points, rating, factors, override, override_reason, first_rated_on,
                                       rated_on, next_review_on)
SELECT id, points, rating, factors, '', '', %(today)s, %(today)s, next_review::date FROM due
    ON CONFLICT (customer_id) DO UPDATE
   SET points = EXCLUDED.points, rating = EXCLUDED.rating, factors = EXCLUDED.factors, rated_on = EXCLUDED.rated_on,
       next_review_on = EXCLUDED.next_review_on
 WHERE (k.points, k.rating, k.factors, k.next_review_on)
       IS DISTINCT FROM (EXCLUDED.points, EXCLUDED.rating, EXCLUDED.factors, EXCLUDED.next_review_on)
RETURNING customer_id
