-- One row: how many clocks of these tickets would stand otherwise under the proposed policy than they do now.
WITH reckoned AS MATERIALIZED ({reckoned}
), held AS (
    SELECT ticket_id, kind, started_at, due_at, breached_at
      FROM service_ticketclock
     WHERE ticket_id = ANY (%(tickets)s) AND met_at IS NULL AND NOT is_void AND kind = ANY (%(kinds)s)
), compared AS (
    SELECT held.ticket_id IS NULL AS gained, reckoned.ticket_id IS NULL AS lost,
           reckoned.due_at < held.due_at AS nearer, reckoned.due_at > held.due_at AS later,
           reckoned.breached_at IS NOT NULL AND held.breached_at IS NULL AS passed
      FROM (SELECT * FROM reckoned WHERE met_at IS NULL) AS reckoned
      FULL JOIN held USING (ticket_id, kind, started_at)
)
SELECT count(*) FILTER (WHERE nearer) AS nearer, count(*) FILTER (WHERE later) AS later,
       count(*) FILTER (WHERE gained) AS gained, count(*) FILTER (WHERE lost) AS lost,
       count(*) FILTER (WHERE passed) AS passed,
       count(*) FILTER (WHERE NOT coalesce(nearer, false) AND NOT coalesce(later, false) AND NOT gained AND NOT lost) AS same
  FROM compared
