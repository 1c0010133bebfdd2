-- One row: open risks of a line, or of all, and those whose review was due before the day.
WITH open_risk AS (
    SELECT reference, coalesce(review_on < %(day)s, false) AS wrong
      FROM risk_risk
     WHERE status = 'open' AND (%(line)s::text IS NULL OR line_id = %(line)s))
SELECT count(*)::int, count(*) FILTER (WHERE wrong)::int,
       coalesce(jsonb_agg(reference ORDER BY reference) FILTER (WHERE wrong), '[]') FROM open_risk;
