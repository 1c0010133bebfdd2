-- One row: the audience of a round drawn. Everybody who matched becomes a recipient: by a variant, held out, or left out and
-- why. `place` is marketing.rules.experiments.assign: 0 to 9,999 by the hash of a salt and the customer's number.
WITH {matched}, {reasons}, placed AS (
    SELECT j.customer_id, j.language, coalesce(j.reason, '') AS exclusion,
           j.reason IS NULL AND marketing_place(%(house_salt)s, j.customer_id::text) < coalesce(l.holdout, 0)
               AS is_held_globally,
           j.reason IS NULL AND marketing_place(%(holdout_salt)s, j.customer_id::text) < %(holdout)s AS is_held,
           marketing_place(%(salt)s, j.customer_id::text) AS place
      FROM judged AS j
      LEFT JOIN unnest(%(places)s::text[], %(holdouts)s::integer[]) AS l (place, holdout) ON l.place = j.jurisdiction
), drawn AS (
    INSERT INTO marketing_recipient
           (round_id, campaign_id, customer_id, variant_id, exclusion, is_held, is_held_globally, language, token, at)
    SELECT %(round)s, %(campaign)s, p.customer_id,
           CASE WHEN p.exclusion = '' THEN (
               SELECT v.id FROM unnest(%(variants)s::bigint[], %(until)s::integer[]) AS v (id, until)
                WHERE p.place < v.until ORDER BY v.until LIMIT 1
           ) END,
           p.exclusion, p.is_held OR p.is_held_globally, p.is_held_globally, p.language,
           replace(gen_random_uuid()::text, '-', ''), %(at)s
      FROM placed AS p
    RETURNING id, customer_id, variant_id, exclusion, is_held
)
SELECT exclusion, is_held, count(*),
       encode(sha256(convert_to(
           string_agg(customer_id || ':' || coalesce(variant_id, 0), ',' ORDER BY customer_id), 'UTF8')), 'hex')
  FROM drawn
 GROUP BY exclusion, is_held
 ORDER BY exclusion, is_held
