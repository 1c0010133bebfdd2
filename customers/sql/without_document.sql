-- One row a customer who had verified identity documents, of which none holds on the day.
SELECT d.customer_id
  FROM customers_identitydocument AS d
 WHERE d.status IN ('verified', 'expired', 'replaced')
   AND (%(customers)s::bigint[] IS NULL OR d.customer_id = ANY (%(customers)s::bigint[]))
 GROUP BY d.customer_id
HAVING NOT bool_or(d.status = 'verified' AND coalesce(d.expires_on >= %(day)s::date, true))
