-- Who is restricted, erased or merged into another one is compared with nobody any more.
WITH gone AS (
    DELETE FROM customers_matchkey k USING customers_customer c
    WHERE c.id = k.customer_id AND (c.restricted_at IS NOT NULL OR c.erased_at IS NOT NULL OR c.merged_into_id IS NOT NULL)
    RETURNING k.customer_id
)
DELETE FROM customers_duplicatepair p
WHERE p.state = 'open' AND EXISTS (SELECT FROM gone g WHERE g.customer_id IN (p.first_id, p.second_id))
