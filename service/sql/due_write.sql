-- One row: a ticket whose next deadline has changed: the earliest of its clocks that run.
UPDATE service_ticket AS ticket
   SET due_at = found.due_at
  FROM (SELECT asked.id, min(clock.due_at) AS due_at
          FROM unnest(%(tickets)s::bigint[]) AS asked (id)
          LEFT JOIN service_ticketclock AS clock
            ON clock.ticket_id = asked.id AND clock.met_at IS NULL AND clock.paused_since IS NULL AND NOT clock.is_void
         GROUP BY asked.id) AS found
 WHERE ticket.id = found.id AND ticket.due_at IS DISTINCT FROM found.due_at
