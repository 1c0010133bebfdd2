-- One row of the result: another customer, and by what they are tied to the one asked about (under any of their numbers), each tie
-- once. Keyed hashes are compared; what two share is never opened. Guarantees only of loans in the lines that the reader sees.
WITH asked AS (
    SELECT c.id, c.phone_index, k.address_index
    FROM customers_customer c LEFT JOIN customers_matchkey k ON k.customer_id = c.id
    WHERE c.id = ANY (%(numbers)s)
),
ties AS (
    SELECT o.id AS customer_id, 'phone' AS tie FROM asked a JOIN customers_customer o ON o.phone_index = a.phone_index
    UNION ALL
    SELECT k.customer_id, 'address' FROM asked a JOIN customers_matchkey k ON k.address_index = a.address_index
    UNION ALL
    SELECT o.customer_id, 'device'
    FROM customers_customerdevice d JOIN customers_customerdevice o ON o.fingerprint_index = d.fingerprint_index
    WHERE d.customer_id = ANY (%(numbers)s)
    UNION ALL
    SELECT l.customer_id, 'guarantees'
    FROM customers_guarantee g JOIN customers_loan l ON l.id = g.loan_id JOIN products_product p ON p.id = l.product_id
    WHERE g.guarantor_id = ANY (%(numbers)s) AND (%(lines)s::text[] IS NULL OR p.line_id = ANY (%(lines)s))
      AND (g.until IS NULL OR g.until >= %(day)s)
    UNION ALL
    SELECT g.guarantor_id, 'guaranteed_by'
    FROM customers_loan l JOIN customers_guarantee g ON g.loan_id = l.id JOIN products_product p ON p.id = l.product_id
    WHERE l.customer_id = ANY (%(numbers)s) AND (%(lines)s::text[] IS NULL OR p.line_id = ANY (%(lines)s))
      AND (g.until IS NULL OR g.until >= %(day)s)
    UNION ALL
    SELECT s.core_id, 'core_enterprise' FROM customers_supplylink s
    WHERE s.member_id = ANY (%(numbers)s) AND (s.until IS NULL OR s.until >= %(day)s)
    UNION ALL
    SELECT s.member_id, 'chain_member' FROM customers_supplylink s
    WHERE s.core_id = ANY (%(numbers)s) AND (s.until IS NULL OR s.until >= %(day)s)
)
SELECT coalesce(c.merged_into_id, c.id) AS customer_id, array_agg(DISTINCT t.tie ORDER BY t.tie) AS ties
FROM ties t
JOIN customers_customer c ON c.id = t.customer_id
WHERE coalesce(c.merged_into_id, c.id) <> ALL (%(numbers)s) AND c.id <> ALL (%(numbers)s)
GROUP BY 1
ORDER BY count(DISTINCT t.tie) DESC, 1
LIMIT %(limit)s
