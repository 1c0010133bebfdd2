-- One row: one stretch in which the calendar is open, with the open seconds before it and until its end.
INSERT INTO service_openinginterval (calendar_id, opens_at, closes_at, before, until)
SELECT %(calendar)s, opens, closes, gone - length, gone
  FROM (SELECT opens, closes, length, sum(length) OVER (ORDER BY opens)::bigint AS gone
          FROM (SELECT opens, closes, extract(epoch FROM closes - opens)::bigint AS length
                  FROM unnest(%(opens)s::timestamptz[], %(closes)s::timestamptz[]) AS given (opens, closes)) AS measured
       ) AS summed
