-- One row for each delivery that this worker has taken up, for as long as its lease.
WITH due AS (
    SELECT d.recipient_id
      FROM marketing_delivery AS d
     WHERE d.campaign_id = %(campaign)s AND d.state = 'queued' AND d.next_at <= %(at)s
     ORDER BY d.next_at, d.recipient_id
     LIMIT %(most)s
       FOR UPDATE SKIP LOCKED
), taken AS (
    UPDATE marketing_delivery AS d
       SET state = 'claimed', worker = %(worker)s, lease_until = %(lease_until)s, attempts = d.attempts + 1
      FROM due
     WHERE d.recipient_id = due.recipient_id
    RETURNING d.recipient_id, d.customer_id, d.attempts
)
SELECT t.recipient_id, t.customer_id, t.attempts, r.variant_id, r.token, r.language, c.jurisdiction
  FROM taken AS t
  JOIN marketing_recipient AS r ON r.id = t.recipient_id
  JOIN customers_customer AS c ON c.id = t.customer_id
 ORDER BY t.recipient_id
