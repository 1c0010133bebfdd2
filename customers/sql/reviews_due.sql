-- Opens a review and a task for each customer whose review is due and who has none open. One row a task, and who looks
-- after its customer.
WITH due AS (
    SELECT k.customer_id, k.next_review_on
      FROM customers_kycprofile AS k
      JOIN customers_customer AS c ON c.id = k.customer_id
     WHERE k.next_review_on <= %(today)s::date AND c.status <> 'closed' AND c.erased_at IS NULL AND c.merged_into_id IS NULL
       AND NOT EXISTS (SELECT FROM customers_kycreview AS r WHERE r.customer_id = k.customer_id AND r.state <> 'signed')
), reviews AS (
    INSERT INTO customers_kycreview (customer_id, state, due_on, opened_at, decision, conclusion)
    SELECT customer_id, 'open', next_review_on, %(at)s, '', '' FROM due
    ON CONFLICT DO NOTHING
    RETURNING customer_id, due_on
), tasks AS (
    INSERT INTO customers_kyctask (customer_id, kind, due_on, opened_at)
    SELECT customer_id, 'review', due_on, %(at)s FROM reviews
    ON CONFLICT DO NOTHING
    RETURNING customer_id
)
SELECT tasks.customer_id, c.relationship_owner_id
  FROM tasks JOIN customers_customer AS c ON c.id = tasks.customer_id
 ORDER BY tasks.customer_id
