-- Notes the last reminder on every open task that has come within it. One row a document and who looks after its customer.
UPDATE customers_kyctask AS t SET reminded_at = %(at)s
  FROM customers_customer AS c
  LEFT JOIN unnest(%(places)s::text[], %(days)s::int[]) AS rule (place, days) ON rule.place = c.jurisdiction
 WHERE c.id = t.customer_id AND t.kind = 'expiring' AND t.closed_at IS NULL AND t.reminded_at IS NULL
   AND t.due_on <= %(today)s::date + coalesce(rule.days, %(elsewhere)s::int)
RETURNING t.document_id, c.relationship_owner_id
