-- Who is in the segment now; of a campaign that follows entries, who entered since and was not written to lately. The planner
-- takes a segment that is newer than its statistics for empty, and would plan for one customer where there are a million: so it
-- is not told which segment it is.
candidate AS MATERIALIZED (
    SELECT m.customer_id
      FROM (SELECT %(segment)s::bigint AS id OFFSET 0) AS own
      JOIN marketing_segmentmember AS m ON m.segment_id = own.id
     WHERE m.left_at IS NULL
       AND (%(entered_after)s::timestamptz IS NULL OR m.entered_at > %(entered_after)s)
       AND (NOT %(only_once)s OR NOT EXISTS (
            SELECT FROM marketing_recipient AS r
             WHERE r.campaign_id = %(campaign)s AND r.customer_id = m.customer_id AND r.exclusion = ''
               AND (%(again_after)s::timestamptz IS NULL OR r.at > %(again_after)s)
       ))
)
