-- Marks verified documents whose last day has passed, closes what was open about them and opens a task for each. One row
-- a document and who looks after its customer.
WITH over AS (
    UPDATE customers_identitydocument SET status = 'expired'
     WHERE status = 'verified' AND expires_on < %(today)s::date
    RETURNING id, customer_id, expires_on
), closed AS (
    UPDATE customers_kyctask AS t SET closed_at = %(at)s
      FROM over WHERE t.document_id = over.id AND t.kind = 'expiring' AND t.closed_at IS NULL
), opened AS (
    INSERT INTO customers_kyctask (customer_id, kind, document_id, due_on, opened_at)
    SELECT over.customer_id, 'expired', over.id, over.expires_on, %(at)s
      FROM over JOIN customers_customer AS c ON c.id = over.customer_id
     WHERE c.status <> 'closed' AND c.erased_at IS NULL AND c.merged_into_id IS NULL
    ON CONFLICT DO NOTHING
    RETURNING document_id, customer_id
)
SELECT opened.document_id, c.relationship_owner_id
  FROM opened JOIN customers_customer AS c ON c.id = opened.customer_id
 ORDER BY opened.document_id
