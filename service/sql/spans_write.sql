-- One row: the state that a ticket is in from now on. The state before ends; a ticket that has none yet gets its history as
-- far as its own dates tell it: open until it was resolved, or until the last message where it waits or is held.
WITH standing AS (
    SELECT id, status, assignee_id IS NOT NULL AS assigned, date_trunc('second', opened_at) AS opened_at,
           date_trunc('second', CASE WHEN status IN ('resolved', 'closed') THEN greatest(resolved_at, opened_at)
                                     WHEN status IN ('waiting', 'held') THEN greatest(last_message_at, opened_at)
                                END) AS turned_at
      FROM service_ticket
     WHERE id = ANY (%(tickets)s)
), ended AS (
    UPDATE service_ticketspan AS span
       SET ended_at = greatest(date_trunc('second', %(at)s::timestamptz), span.started_at)
      FROM standing
     WHERE span.ticket_id = standing.id
       AND span.ended_at IS NULL
       AND (span.status, span.assigned) <> (standing.status, standing.assigned)
 RETURNING span.ticket_id, span.ended_at
), unknown AS (
    SELECT standing.*
      FROM standing
     WHERE NOT EXISTS (SELECT FROM service_ticketspan AS span WHERE span.ticket_id = standing.id)
)
INSERT INTO service_ticketspan (ticket_id, status, assigned, started_at, ended_at)
SELECT standing.id, standing.status, standing.assigned, ended.ended_at, NULL::timestamptz
  FROM ended
  JOIN standing ON standing.id = ended.ticket_id
 UNION ALL
SELECT id, 'open', assigned, opened_at, turned_at
  FROM unknown
 WHERE turned_at IS NOT NULL
 UNION ALL
SELECT id, status, assigned, coalesce(turned_at, opened_at), NULL
  FROM unknown
