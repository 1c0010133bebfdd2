-- Opens a task for each verified document within its first reminder. One row a document and who looks after its customer.
WITH opened AS (
    INSERT INTO customers_kyctask (customer_id, kind, document_id, due_on, opened_at)
    SELECT d.customer_id, 'expiring', d.id, d.expires_on, %(at)s
      FROM customers_identitydocument AS d
      JOIN customers_customer AS c ON c.id = d.customer_id
      LEFT JOIN unnest(%(places)s::text[], %(days)s::int[]) AS rule (place, days) ON rule.place = c.jurisdiction
     WHERE d.status = 'verified'
       AND d.expires_on BETWEEN %(today)s::date AND %(today)s::date + %(longest)s::int
       AND d.expires_on <= %(today)s::date + coalesce(rule.days, %(elsewhere)s::int)
       AND c.status <> 'closed' AND c.erased_at IS NULL AND c.merged_into_id IS NULL
    ON CONFLICT DO NOTHING
    RETURNING document_id, customer_id
)
SELECT opened.document_id, c.relationship_owner_id
  FROM opened JOIN customers_customer AS c ON c.id = opened.customer_id
 ORDER BY opened.document_id
