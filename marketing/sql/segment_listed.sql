-- One row: a customer who belongs on a list, from those who are on it: whoever a number was merged into stands in its place.
SELECT DISTINCT c.id
  FROM marketing_segmentmember AS m
  JOIN customers_customer AS listed ON listed.id = m.customer_id
  JOIN customers_customer AS c ON c.id = coalesce(listed.merged_into_id, listed.id)
 WHERE m.segment_id = %s AND m.left_at IS NULL AND c.erased_at IS NULL AND (%s OR c.status <> 'closed')
