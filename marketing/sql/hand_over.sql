-- One row for each delivery that is still this worker's, its lease not over, its campaign running, and where it stands now: sending,
-- it may be given to the provider. A customer whom something else is writing to, or wrote to since this batch was looked
-- at, goes back to the queue and is looked at again: whether one more is allowed was decided without knowing of that.
WITH asked AS (
    SELECT d.recipient_id,
           EXISTS (
               SELECT FROM marketing_delivery AS o
                WHERE o.customer_id = d.customer_id AND o.recipient_id <> d.recipient_id AND o.state = 'sending'
           ) OR EXISTS (
               SELECT FROM marketing_send AS s
                WHERE s.customer_id = d.customer_id AND s.recipient_id <> d.recipient_id AND s.at >= %(looked_at)s
                  AND s.outcome IN ('sent', 'unknown')
           ) AS is_busy
      FROM marketing_delivery AS d
     WHERE d.recipient_id = ANY (%(recipients)s)
)
UPDATE marketing_delivery AS d
   SET state = CASE WHEN a.is_busy THEN 'queued' ELSE 'sending' END,
       lease_until = CASE WHEN a.is_busy THEN NULL ELSE %(lease_until)s END,
       next_at = CASE WHEN a.is_busy THEN %(again_at)s ELSE d.next_at END,
       attempts = d.attempts - a.is_busy::integer
  FROM asked AS a, marketing_campaign AS c
 WHERE d.recipient_id = a.recipient_id AND d.state = 'claimed' AND d.worker = %(worker)s AND d.lease_until > %(at)s
   AND c.id = d.campaign_id AND c.state = 'running'
RETURNING d.recipient_id, d.state
