-- One row: complaints that came in one month about one version of a product, for one cause, at one step of work.
SELECT c.version_id, date_trunc('month', c.received_on)::date AS month, c.cause, c.step_id, count(*) AS cases
  FROM service_complaint AS c
 WHERE c.version_id IS NOT NULL AND c.cause <> '' AND c.step_id IS NOT NULL
   AND c.received_on >= %(first)s AND c.received_on < %(after)s
   AND c.outcome <> 'withdrawn'
 GROUP BY 1, 2, 3, 4
