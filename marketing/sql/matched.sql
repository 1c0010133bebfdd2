-- Who is in the segment now; of a campaign that follows entries, who entered since and was not written to lately.
candidate AS MATERIALIZED (
    SELECT m.customer_id
      FROM marketing_segmentmember AS m
     WHERE m.segment_id = %(segment)s AND m.left_at IS NULL
       AND (%(entered_after)s::timestamptz IS NULL OR m.entered_at > %(entered_after)s)
       AND (NOT %(only_once)s OR NOT EXISTS (
            SELECT FROM marketing_recipient AS r
             WHERE r.campaign_id = %(campaign)s AND r.customer_id = m.customer_id AND r.exclusion = ''
               AND (%(again_after)s::timestamptz IS NULL OR r.at > %(again_after)s)
       ))
)
