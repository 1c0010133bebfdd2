-- One row for each reason and level of risk of those who match: how many, and how many of them are held out.
WITH {matched}, {reasons}
SELECT coalesce(j.reason, ''), j.risk_level, count(*),
       count(*) FILTER (
           WHERE j.reason IS NULL AND (
               marketing_place(%(house_salt)s, j.customer_id::text) < coalesce(l.holdout, 0)
               OR marketing_place(%(holdout_salt)s, j.customer_id::text) < %(holdout)s
           )
       )
  FROM judged AS j
  LEFT JOIN unnest(%(places)s::text[], %(holdouts)s::integer[]) AS l (place, holdout) ON l.place = j.jurisdiction
 GROUP BY 1, 2
 ORDER BY 1, 2
