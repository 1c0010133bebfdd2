-- One row for each delivery that may now be given to the provider: still this worker's, its lease not over.
UPDATE marketing_delivery
   SET state = 'sending', lease_until = %(lease_until)s
 WHERE recipient_id = ANY (%(recipients)s) AND state = 'claimed' AND worker = %(worker)s AND lease_until > %(at)s
RETURNING recipient_id
