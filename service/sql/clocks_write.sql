-- One row: one clock, new or changed. A clock that nothing asks for any more is void: its ticket was merged away, its message
-- left, or no policy gives it a target.
WITH reckoned AS MATERIALIZED ({reckoned}
), voided AS (
    UPDATE service_ticketclock AS clock
       SET is_void = true, alarm_at = NULL
     WHERE clock.ticket_id = ANY (%(tickets)s) AND clock.kind = ANY (%(kinds)s)
       AND clock.met_at IS NULL AND NOT clock.is_void
       AND NOT EXISTS (
           SELECT FROM reckoned
            WHERE reckoned.ticket_id = clock.ticket_id AND reckoned.kind = clock.kind
              AND reckoned.started_at = clock.started_at)
)
INSERT INTO service_ticketclock AS clock (
       ticket_id, kind, policy_id, target_seconds, started_at, due_at, paused_since, why, used_seconds, counted_from, met_at,
       breached_at, alarm_at, is_void, cause)
SELECT ticket_id, kind, policy_id, target_seconds, started_at, due_at, paused_since, why, used_seconds, counted_from, met_at,
       breached_at, alarm_at, false, ''
  FROM reckoned
    ON CONFLICT (ticket_id, kind, started_at) DO UPDATE
   SET policy_id = excluded.policy_id, target_seconds = excluded.target_seconds, due_at = excluded.due_at,
       paused_since = excluded.paused_since, why = excluded.why, used_seconds = excluded.used_seconds,
       counted_from = excluded.counted_from, met_at = excluded.met_at, breached_at = excluded.breached_at,
       alarm_at = excluded.alarm_at, is_void = false, cause = CASE WHEN excluded.breached_at IS NULL THEN '' ELSE clock.cause END
 WHERE (clock.policy_id, clock.target_seconds, clock.due_at, clock.paused_since, clock.why, clock.used_seconds,
        clock.counted_from, clock.met_at, clock.breached_at, clock.alarm_at, clock.is_void)
       IS DISTINCT FROM
       (excluded.policy_id, excluded.target_seconds, excluded.due_at, excluded.paused_since, excluded.why,
        excluded.used_seconds, excluded.counted_from, excluded.met_at, excluded.breached_at, excluded.alarm_at, false)
