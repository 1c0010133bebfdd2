-- One row: the redemption that was written under a key, and the event of the log that says so; none where the key is known.
-- Triggers count it against budget, number, customer and coupon.
WITH made AS (
    INSERT INTO marketing_redemption (
        offer_id, version_id, coupon_id, share_id, customer_id, key, asked, "order", order_amount, amount, currency, seed, at,
        expires_at, device, network, payee, address, by_id)
    VALUES (
        %(offer_id)s, %(version_id)s, %(coupon_id)s, %(share_id)s, %(customer_id)s, %(key)s, %(asked)s, %(order)s,
        %(order_amount)s, %(amount)s, %(currency)s, %(seed)s, %(at)s, %(expires_at)s, %(device)s, %(network)s, %(payee)s,
        %(address)s, %(by_id)s)
    ON CONFLICT (key) DO NOTHING
    RETURNING *
), paid AS (
    INSERT INTO marketing_redemptionentry (redemption_id, kind, at, by_id, reason)
    SELECT id, %(entry)s, at, by_id, '' FROM made WHERE %(entry)s <> ''
    RETURNING id
)
SELECT made.*,
       audit_emit('batch', 'marketing_redemption', made.id::text, 'marketing.offer.' || coalesce(nullif(%(entry)s, ''), 'reserved'), '',
                  json_build_object('rows', 1 + (SELECT count(*) FROM paid),
                                    'digest', encode(sha256(convert_to(made::text, 'UTF8')), 'hex'))::text, '{}')
  FROM made
