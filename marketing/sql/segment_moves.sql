-- Writes who came into a segment and who left it, and nobody else; one row: how many came, how many went. `stood` are the
-- members of those who are looked at. Parameters in order: those of who is wanted, then segment, moment, segment, moment.
WITH wanted AS MATERIALIZED ({wanted}),
stood AS MATERIALIZED ({stood}),
gone AS (
    UPDATE marketing_segmentmember AS m SET left_at = %s
      FROM stood AS s
     WHERE m.id = s.id AND NOT EXISTS (SELECT FROM wanted AS w WHERE w.id = s.customer_id)
    RETURNING 1
),
come AS (
    INSERT INTO marketing_segmentmember (segment_id, customer_id, entered_at)
    SELECT %s, w.id, %s FROM wanted AS w
     WHERE NOT EXISTS (SELECT FROM stood AS s WHERE s.customer_id = w.id)
    RETURNING 1
)
SELECT (SELECT count(*) FROM come), (SELECT count(*) FROM gone)
