-- One row for each delivery that may now be given to the provider: still this worker's, its lease not over, its campaign running.
UPDATE marketing_delivery AS d
   SET state = 'sending', lease_until = %(lease_until)s
  FROM marketing_campaign AS c
 WHERE d.recipient_id = ANY (%(recipients)s) AND d.state = 'claimed' AND d.worker = %(worker)s AND d.lease_until > %(at)s
   AND c.id = d.campaign_id AND c.state = 'running'
RETURNING d.recipient_id
