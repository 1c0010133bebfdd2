-- One row: verdicts on change requests until the end of the day, and those of a maker on their own request, or in their
-- right. A constraint refuses them as well: this is who looks whether it still does.
WITH verdict AS (
    SELECT request_id, maker_id IN (checker_id, authority_id) AS wrong
      FROM staff_approval
     WHERE (at AT TIME ZONE %(zone)s)::date <= %(day)s)
SELECT count(*)::int, count(*) FILTER (WHERE wrong)::int,
       coalesce(jsonb_agg(request_id ORDER BY request_id) FILTER (WHERE wrong), '[]') FROM verdict;
