-- One row for each recipient of a round who is written to: waiting until it is nobody's night.
INSERT INTO marketing_delivery (recipient_id, campaign_id, customer_id, state, next_at, worker, attempts)
SELECT r.id, r.campaign_id, r.customer_id, 'queued', coalesce(q.next_at, %(at)s), '', 0
  FROM marketing_recipient AS r
  JOIN customers_customer AS c ON c.id = r.customer_id
  LEFT JOIN unnest(%(places)s::text[], %(next)s::timestamptz[]) AS q (place, next_at) ON q.place = c.jurisdiction
 WHERE r.round_id = %(round)s AND r.exclusion = '' AND NOT r.is_held
