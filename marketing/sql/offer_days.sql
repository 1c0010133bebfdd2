-- One row: an offer in force and what a day's close needs of it, as of the end of that day: coupons that may still be used (how
-- many uses are left of them), what is reserved, what was paid and taken back on the day, the liability booked before, and
-- what was free of the budget.
SELECT offer.id, offer.kind, offer.currency, version.terms,
       coalesce(open.uses, 0) AS uses, coalesce(open.worth, 0) AS worth,
       coalesce(moved.reserved, 0) AS reserved, coalesce(moved.paid, 0) AS paid, coalesce(moved.back, 0) AS back,
       coalesce(booked.owed, 0) AS owed, offer.budget - coalesce(moved.standing, 0) AS free,
       (SELECT rate FROM marketing_expectedrate AS expected
         WHERE (expected.offer_id = offer.id OR expected.offer_id IS NULL) AND expected.valid_from <= %(day)s
         ORDER BY expected.offer_id IS NULL, expected.valid_from DESC, expected.id DESC LIMIT 1) AS rate
  FROM marketing_offer AS offer
  JOIN marketing_offerversion AS version ON version.id = offer.version_id
  LEFT JOIN LATERAL (
       SELECT sum(greatest(coupon.uses - coalesce(used.times, 0), 0)) AS uses,
              sum(greatest(coupon.uses - coalesce(used.times, 0), 0) * batch.worth) AS worth
         FROM marketing_coupon AS coupon
         JOIN marketing_couponbatch AS batch ON batch.id = coupon.batch_id
         JOIN marketing_offerversion AS own ON own.id = coupon.version_id
         LEFT JOIN LATERAL (
              SELECT count(*) AS times FROM marketing_redemption AS r
               WHERE r.coupon_id = coupon.id AND r.at < %(end)s
                 AND NOT EXISTS (SELECT FROM marketing_redemptionentry AS e
                                  WHERE e.redemption_id = r.id AND e.kind IN ('released', 'reversed') AND e.at < %(end)s)) AS used
           ON true
        WHERE own.offer_id = offer.id AND coupon.issued_at < %(end)s AND coupon.expires_at >= %(end)s) AS open ON true
  LEFT JOIN LATERAL (
       SELECT sum(r.amount) FILTER (WHERE r.at < %(end)s AND (paid.at IS NULL OR paid.at >= %(end)s)
                                      AND (free.at IS NULL OR free.at >= %(end)s)) AS reserved,
              sum(r.amount) FILTER (WHERE (free.at IS NULL OR free.at >= %(end)s)
                                      AND (back.at IS NULL OR back.at >= %(end)s)) AS standing,
              sum(r.amount) FILTER (WHERE paid.at >= %(begin)s AND paid.at < %(end)s) AS paid,
              sum(r.amount) FILTER (WHERE back.at >= %(begin)s AND back.at < %(end)s) AS back
         FROM marketing_redemption AS r
         LEFT JOIN marketing_redemptionentry AS paid ON paid.redemption_id = r.id AND paid.kind = 'committed'
         LEFT JOIN marketing_redemptionentry AS free ON free.redemption_id = r.id AND free.kind = 'released'
         LEFT JOIN marketing_redemptionentry AS back ON back.redemption_id = r.id AND back.kind = 'reversed'
        WHERE r.offer_id = offer.id AND r.at < %(end)s) AS moved ON true
  LEFT JOIN LATERAL (
       SELECT sum(CASE WHEN credit = 'offer_liability' THEN amount ELSE -amount END) AS owed
         FROM marketing_accrualentry AS entry WHERE entry.offer_id = offer.id AND entry.day < %(day)s) AS booked ON true
 WHERE version.published_at IS NOT NULL
   AND NOT EXISTS (SELECT FROM marketing_accrualentry AS closed WHERE closed.offer_id = offer.id AND closed.day >= %(day)s)
 ORDER BY offer.id
