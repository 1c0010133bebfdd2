-- One row: a customer of an offer and a sign whose value another customer of the offer has as well.
SELECT DISTINCT told.customer_id, told.sign, told.value
  FROM (SELECT r.customer_id, s.sign, s.value,
               min(r.customer_id) OVER same <> max(r.customer_id) OVER same AS shared
          FROM marketing_redemption AS r
         CROSS JOIN LATERAL (VALUES ('device', r.device), ('payee', r.payee), ('address', r.address), ('network', r.network))
               AS s (sign, value)
         WHERE r.offer_id = %(offer)s AND s.value IS NOT NULL
        WINDOW same AS (PARTITION BY s.sign, s.value)) AS told
 WHERE told.shared
