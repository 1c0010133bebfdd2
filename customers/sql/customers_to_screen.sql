-- One row a customer who was never held against the lists, or who is not what they were then.
SELECT c.id
  FROM customers_customer AS c
  LEFT JOIN customers_screeningstate AS s ON s.customer_id = c.id
 WHERE c.id > %(after)s AND c.erased_at IS NULL AND c.merged_into_id IS NULL
   AND (s.customer_id IS NULL OR (NOT %(only_new)s AND s.digest <> customers_screening_digest(
        c.id, c.name, c.birth_date, c.jurisdiction, c.kind, c.identity_index)))
 ORDER BY c.id
 LIMIT %(limit)s
