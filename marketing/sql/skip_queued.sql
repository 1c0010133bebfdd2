-- One row for each delivery of a campaign that waited and now never goes out.
WITH skipped AS (
    UPDATE marketing_delivery AS d
       SET state = 'skipped', settled_at = %(at)s, lease_until = NULL
     WHERE d.campaign_id = %(campaign)s AND d.state = 'queued'
    RETURNING d.recipient_id, d.customer_id
)
INSERT INTO marketing_send (recipient_id, campaign_id, customer_id, channel, outcome, reason, provider_ref, at)
SELECT recipient_id, %(campaign)s, customer_id, %(channel)s, 'skipped', %(reason)s, '', %(at)s
  FROM skipped
 ORDER BY recipient_id
RETURNING recipient_id, outcome
