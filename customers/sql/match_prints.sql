-- One row of the result: a customer whose keys for comparing are missing or were made of something else, in order of their numbers,
-- and the fingerprint of what they are made of now. The key of the blind indexes is part of it: another key, other keys.
SELECT c.id, c.kind, c.name, c.address, p.print
FROM customers_customer c
LEFT JOIN customers_matchkey k ON k.customer_id = c.id
CROSS JOIN LATERAL (
    SELECT hashtextextended(ROW(
        %(key)s::text, c.kind, c.name, c.birth_date, c.sex, c.region, c.identity_kind, c.phone_index, c.email_index, c.identity_index,
        c.address, (SELECT array_agg(d.fingerprint_index ORDER BY d.fingerprint_index) FROM customers_customerdevice d WHERE d.customer_id = c.id)
    )::text, 0) AS print
) AS p
WHERE c.id > %(after)s AND c.restricted_at IS NULL AND c.erased_at IS NULL AND c.merged_into_id IS NULL AND k.print IS DISTINCT FROM p.print
ORDER BY c.id
LIMIT %(limit)s
