-- Writes who came into a segment and who left it, and nobody else; one row: how many came, how many went. Parameters in
-- order: those of who is wanted, then moment, segment, segment, moment, segment.
WITH wanted AS MATERIALIZED ({wanted}),
gone AS (
    UPDATE marketing_segmentmember AS m SET left_at = %s
     WHERE m.segment_id = %s AND m.left_at IS NULL {among}
       AND NOT EXISTS (SELECT FROM wanted AS w WHERE w.id = m.customer_id)
    RETURNING 1
),
come AS (
    INSERT INTO marketing_segmentmember (segment_id, customer_id, entered_at)
    SELECT %s, w.id, %s FROM wanted AS w
     WHERE NOT EXISTS (SELECT FROM marketing_segmentmember AS m
                        WHERE m.segment_id = %s AND m.customer_id = w.id AND m.left_at IS NULL)
    RETURNING 1
)
SELECT (SELECT count(*) FROM come), (SELECT count(*) FROM gone)
