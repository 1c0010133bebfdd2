-- One row: a customer with how many redemptions of an offer they have, for how much, and how many of them are held.
SELECT r.customer_id, count(*), sum(r.amount), count(*) FILTER (WHERE now.state = 'held')
  FROM marketing_redemption AS r
  JOIN marketing_redemptionstate AS now ON now.redemption_id = r.id
 WHERE r.offer_id = %(offer)s AND r.customer_id = ANY(%(customers)s) AND now.state NOT IN ('released', 'reversed')
 GROUP BY r.customer_id
