-- One row: a redemption, and how many other customers share each sign with it in the same offer, within the window around it.
SELECT asked.id,
       (SELECT count(DISTINCT other.customer_id) FROM marketing_redemption AS other
         WHERE other.device = asked.device AND other.offer_id = asked.offer_id AND other.customer_id <> asked.customer_id
           AND other.at BETWEEN asked.at - asked.span AND asked.at + asked.span) AS device,
       (SELECT count(DISTINCT other.customer_id) FROM marketing_redemption AS other
         WHERE other.payee = asked.payee AND other.offer_id = asked.offer_id AND other.customer_id <> asked.customer_id
           AND other.at BETWEEN asked.at - asked.span AND asked.at + asked.span) AS payee,
       (SELECT count(DISTINCT other.customer_id) FROM marketing_redemption AS other
         WHERE other.address = asked.address AND other.offer_id = asked.offer_id AND other.customer_id <> asked.customer_id
           AND other.at BETWEEN asked.at - asked.span AND asked.at + asked.span) AS address,
       near.network,
       (SELECT count(DISTINCT double.id)
          FROM customers_customer AS self
          JOIN customers_customer AS double
            ON double.id <> self.id AND (double.phone_index = self.phone_index OR double.email_index = self.email_index
                                         OR double.identity_index = self.identity_index)
          JOIN marketing_customeruse AS used ON used.customer_id = double.id AND used.offer_id = asked.offer_id
         WHERE self.id = asked.customer_id) AS contact,
       near.joined,
       near.timing,
       CASE WHEN (SELECT count(*) FROM marketing_redemption AS own
                   WHERE own.customer_id = asked.customer_id AND own.at BETWEEN asked.at - asked.span AND asked.at)
                 >= %(many)s THEN 3 ELSE 0 END AS velocity
  FROM (SELECT r.id, r.offer_id, r.customer_id, r.at, r.device, r.payee, r.address, r.network,
               make_interval(hours => %(window_hours)s) AS span, self.created_at, self.joined_on
          FROM marketing_redemption AS r JOIN customers_customer AS self ON self.id = r.customer_id
         WHERE r.id = ANY(%(ids)s)) AS asked
 CROSS JOIN LATERAL (
       -- Accounts made, and redemptions made, within minutes count only among those who share something else as well.
       SELECT count(DISTINCT linked.customer_id) FILTER (WHERE linked.network = asked.network) AS network,
              count(DISTINCT linked.customer_id) FILTER (
                  WHERE abs(extract(epoch FROM them.created_at - asked.created_at)) <= %(minutes)s * 60
                    AND them.joined_on BETWEEN asked.joined_on - 1 AND asked.joined_on + 1) AS joined,
              count(DISTINCT linked.customer_id) FILTER (
                  WHERE abs(extract(epoch FROM linked.at - asked.at)) <= %(minutes)s * 60) AS timing
         FROM (SELECT customer_id, at, network FROM marketing_redemption AS other
                WHERE other.device = asked.device AND other.offer_id = asked.offer_id
               UNION
               SELECT customer_id, at, network FROM marketing_redemption AS other
                WHERE other.payee = asked.payee AND other.offer_id = asked.offer_id
               UNION
               SELECT customer_id, at, network FROM marketing_redemption AS other
                WHERE other.address = asked.address AND other.offer_id = asked.offer_id
               UNION
               SELECT customer_id, at, network FROM marketing_redemption AS other
                WHERE other.network = asked.network AND other.offer_id = asked.offer_id) AS linked
         JOIN customers_customer AS them ON them.id = linked.customer_id
        WHERE linked.customer_id <> asked.customer_id AND linked.at BETWEEN asked.at - asked.span AND asked.at + asked.span
       ) AS near
