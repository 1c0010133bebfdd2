-- One row: a breach whose likeliest cause is derived: what took at least half of the time until the deadline, else that the
-- ticket came back after it was resolved, else that the answer was late.
WITH breaches AS (
    SELECT clock.id, clock.kind, clock.breached_at - clock.started_at AS whole, ticket.reopened,
           (SELECT sum(least(span.ended_at, clock.breached_at) - greatest(span.started_at, clock.started_at))
              FROM service_ticketspan AS span
             WHERE span.ticket_id = clock.ticket_id AND NOT span.assigned AND span.started_at < clock.breached_at
               AND coalesce(span.ended_at, 'infinity') > clock.started_at) AS unassigned,
           (SELECT sum(least(span.ended_at, clock.breached_at) - greatest(span.started_at, clock.started_at))
              FROM service_ticketspan AS span
             WHERE span.ticket_id = clock.ticket_id AND span.status = 'held' AND span.started_at < clock.breached_at
               AND coalesce(span.ended_at, 'infinity') > clock.started_at) AS held
      FROM service_ticketclock AS clock
      JOIN service_ticket AS ticket ON ticket.id = clock.ticket_id
     WHERE clock.breached_at IS NOT NULL AND clock.cause = '' AND clock.ticket_id = ANY (%(tickets)s)
)
UPDATE service_ticketclock AS clock
   SET cause = CASE WHEN breaches.unassigned * 2 >= breaches.whole THEN 'unassigned'
                    WHEN breaches.held * 2 >= breaches.whole THEN 'other_team'
                    WHEN breaches.reopened > 0 AND breaches.kind = 'resolution' THEN 'reopened'
                    ELSE 'late' END
  FROM breaches
 WHERE breaches.id = clock.id
