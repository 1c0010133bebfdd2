-- One row: one clock of a ticket as it stands at a moment, reckoned anew from the ticket, its messages, its states, the
-- policies (and one that is only proposed) and the openings of their calendars. What was met before is not among them:
-- it stays as it was.
WITH asked AS (
    SELECT id, kind, channel, priority, line, queue_id, language,
           date_trunc('second', opened_at) AS opened_at,
           date_trunc('second', first_answered_at) AS answered_at,
           date_trunc('second', resolved_at) AS resolved_at
      FROM service_ticket
     WHERE id = ANY (%(tickets)s) AND merged_into_id IS NULL
), said AS (
    SELECT ticket_id, direction, at, lag(direction) OVER in_order AS before,
           min(at) FILTER (WHERE direction = 'out') OVER (in_order ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS answered_at
      FROM service_ticketmessage
     WHERE ticket_id = ANY (%(tickets)s) AND direction IN ('in', 'out')
    WINDOW in_order AS (PARTITION BY ticket_id ORDER BY at, id)
), awaited AS (
    -- One row: a message that an answer must follow, the first of the customer after an answer of ours.
    SELECT said.ticket_id, greatest(date_trunc('second', said.at), asked.opened_at) AS started_at,
           date_trunc('second', said.answered_at) AS answered_at, asked.resolved_at
      FROM said
      JOIN asked ON asked.id = said.ticket_id
     WHERE said.direction = 'in' AND said.before = 'out'
), wanted AS (
    SELECT id AS ticket_id, 'first' AS kind, opened_at AS started_at,
           CASE WHEN coalesce(answered_at, resolved_at) IS NOT NULL
                THEN greatest(least(answered_at, resolved_at), opened_at) END AS met_at
      FROM asked
     WHERE channel <> ALL (%(spoken)s)
     UNION ALL
    SELECT id, 'resolution', opened_at, CASE WHEN resolved_at IS NOT NULL THEN greatest(resolved_at, opened_at) END
      FROM asked
     UNION ALL
    SELECT ticket_id, 'next', started_at,
           min(least(answered_at, CASE WHEN resolved_at >= started_at THEN resolved_at END))
      FROM awaited
     GROUP BY ticket_id, started_at
), versions AS (
    SELECT id, code, valid_from, valid_to, rank::int, kinds::text[], channels::text[], priorities::int[], lines::text[],
           queues::text[], languages::text[], calendar_id, targets, steps, pause_held
      FROM service_slapolicy
     UNION ALL
    SELECT *
      FROM jsonb_to_recordset(%(draft)s::jsonb) AS draft (
           id bigint, code text, valid_from date, valid_to date, rank int, kinds text[], channels text[], priorities int[],
           lines text[], queues text[], languages text[], calendar_id bigint, targets jsonb, steps jsonb, pause_held boolean)
), policies AS MATERIALIZED (
    SELECT versions.*, calendar.zone,
           lead(valid_from) OVER (PARTITION BY versions.code ORDER BY valid_from) AS followed_on
      FROM versions
      JOIN service_businesscalendar AS calendar ON calendar.id = versions.calendar_id
), clocks AS MATERIALIZED (
    SELECT wanted.*, policy.id AS policy_id, policy.calendar_id, policy.pause_held, policy.target
      FROM wanted
      JOIN asked ON asked.id = wanted.ticket_id
      LEFT JOIN service_queue AS queue ON queue.id = asked.queue_id
      JOIN LATERAL (
          SELECT policies.id, policies.calendar_id, policies.pause_held,
                 (policies.targets -> asked.priority::text ->> wanted.kind)::int * 60 AS target
            FROM policies
           WHERE (wanted.started_at AT TIME ZONE zone)::date >= valid_from
             AND (wanted.started_at AT TIME ZONE zone)::date < coalesce(followed_on, 'infinity')
             AND (wanted.started_at AT TIME ZONE zone)::date <= coalesce(valid_to, 'infinity')
             AND (kinds = '{}' OR asked.kind = ANY (kinds))
             AND (channels = '{}' OR asked.channel = ANY (channels))
             AND (priorities = '{}' OR asked.priority = ANY (priorities))
             AND (lines = '{}' OR asked.line = ANY (lines))
             AND (queues = '{}' OR queue.code = ANY (queues))
             AND (languages = '{}' OR asked.language = ANY (languages))
           ORDER BY rank, policies.code
           LIMIT 1
      ) AS policy ON policy.target IS NOT NULL
     WHERE NOT EXISTS (
           SELECT FROM service_ticketclock AS known
            WHERE known.ticket_id = wanted.ticket_id AND known.kind = wanted.kind
              AND known.started_at = wanted.started_at AND known.met_at = wanted.met_at AND NOT known.is_void)
), stretches AS (
    -- One row: a stretch of a clock's time in one state of the ticket, and whether the clock ran in it.
    SELECT clocks.*, span.status,
           greatest(span.started_at, clocks.started_at) AS from_at, least(span.ended_at, clocks.met_at) AS to_at,
           CASE WHEN span.status IN ('waiting', 'resolved', 'closed') THEN false
                WHEN span.status = 'held' THEN NOT clocks.pause_held
                ELSE true END AS runs,
           lead(span.id) OVER in_order IS NULL AS is_last, row_number() OVER in_order AS number
      FROM clocks
      LEFT JOIN service_ticketspan AS span
        ON span.ticket_id = clocks.ticket_id
       AND coalesce(span.ended_at, 'infinity') > clocks.started_at
       AND span.started_at < coalesce(clocks.met_at, 'infinity')
    WINDOW in_order AS (PARTITION BY clocks.ticket_id, clocks.kind, clocks.started_at ORDER BY span.started_at, span.id)
), placed AS MATERIALIZED (
    -- The same with its ends as open seconds of the calendar.
    SELECT stretches.*,
           CASE WHEN runs THEN (
               SELECT opening.before + greatest(0, extract(epoch FROM from_at - opening.opens_at))::bigint
                 FROM service_openinginterval AS opening
                WHERE opening.calendar_id = stretches.calendar_id AND opening.closes_at > from_at
                ORDER BY opening.closes_at LIMIT 1) END AS place,
           CASE WHEN runs THEN (
               SELECT opening.before + greatest(0, extract(epoch FROM to_at - opening.opens_at))::bigint
                 FROM service_openinginterval AS opening
                WHERE opening.calendar_id = stretches.calendar_id AND opening.closes_at > to_at
                ORDER BY opening.closes_at LIMIT 1) END AS place_after
      FROM stretches
), started AS (
    -- `zero` is where the clock would have started, had it run without a pause up to this stretch.
    SELECT placed.*,
           place - coalesce(sum(place_after - place) FILTER (WHERE runs) OVER (
               PARTITION BY ticket_id, kind, started_at ORDER BY number
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0)::bigint AS zero
      FROM placed
), stood AS (
    -- `zero` never falls from one stretch to the next, so the least place is that of the first stretch that reaches it.
    SELECT ticket_id, kind, started_at, min(met_at) AS met_at, min(policy_id) AS policy_id,
           min(calendar_id) AS calendar_id, min(target) AS target,
           bool_or(is_last AND runs) AS runs,
           coalesce(max(status) FILTER (WHERE is_last AND NOT runs), '') AS why,
           coalesce(max(to_at) FILTER (WHERE runs), started_at) AS ran_until,
           max(from_at) FILTER (WHERE is_last AND runs) AS counted_from,
           coalesce(sum(place_after - place) FILTER (WHERE runs), 0)::int AS used,
           max(zero) FILTER (WHERE is_last AND runs) AS zero,
           min(zero + target) FILTER (WHERE runs AND (is_last OR zero + target <= place_after)) AS due_place
      FROM started
     GROUP BY ticket_id, kind, started_at
)
SELECT stood.ticket_id, stood.kind, stood.policy_id, stood.target AS target_seconds, stood.started_at,
       due.at AS due_at,
       CASE WHEN stood.met_at IS NULL AND NOT stood.runs THEN stood.ran_until END AS paused_since,
       CASE WHEN stood.met_at IS NULL AND NOT stood.runs THEN stood.why ELSE '' END AS why,
       stood.used AS used_seconds,
       CASE WHEN stood.met_at IS NULL THEN stood.counted_from END AS counted_from,
       stood.met_at,
       CASE WHEN due.at < coalesce(stood.met_at, date_trunc('second', %(at)s::timestamptz)) THEN due.at END AS breached_at,
       alarm.at AS alarm_at
  FROM stood
  JOIN policies ON policies.id = stood.policy_id
  LEFT JOIN LATERAL (
      SELECT opening.opens_at + (stood.due_place - opening.before) * interval '1 second' AS at
        FROM service_openinginterval AS opening
       WHERE opening.calendar_id = stood.calendar_id AND opening.until >= stood.due_place
       ORDER BY opening.until LIMIT 1
  ) AS due ON true
  LEFT JOIN LATERAL (
      SELECT min(stood.target::bigint * step.percent / 100 + step.after * 60) AS seconds
        FROM jsonb_to_recordset(policies.steps) AS step (kind text, percent int, after int, action text)
       WHERE step.kind = stood.kind AND stood.runs AND stood.met_at IS NULL
         AND NOT EXISTS (
             SELECT FROM service_escalationstep AS taken
               JOIN service_ticketclock AS clock ON clock.id = taken.clock_id
              WHERE clock.ticket_id = stood.ticket_id AND clock.kind = stood.kind AND clock.started_at = stood.started_at
                AND taken.step = concat_ws(':', step.kind, step.percent, step.after, step.action))
  ) AS next_step ON true
  LEFT JOIN LATERAL (
      SELECT opening.opens_at + (stood.zero + next_step.seconds - opening.before) * interval '1 second' AS at
        FROM service_openinginterval AS opening
       WHERE opening.calendar_id = stood.calendar_id AND opening.until >= stood.zero + next_step.seconds
       ORDER BY opening.until LIMIT 1
  ) AS alarm ON true
