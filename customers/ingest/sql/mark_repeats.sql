-- Marks the checked rows that are not the first of their id: the rest of the file's own repeats, and what was taken before.
-- One that says the same as the row that stands is known; one that says something else is refused.
UPDATE pg_temp.ingest_checked AS c
   SET repeats = CASE
       WHEN n.external_id IS NOT NULL AND f.row_no <> c.row_no THEN
            CASE WHEN (f.customer_id, f.account_id, f.booked_on, f.amount, f.currency)
                      IS NOT DISTINCT FROM (c.customer_id, c.account_id, c.booked_on, c.amount, c.currency)
                 THEN 'known' ELSE 'other' END
       WHEN n.external_id IS NOT NULL THEN NULL
       WHEN EXISTS (
            SELECT FROM customers_transaction t
             WHERE t.customer_id = c.customer_id AND t.booked_on = c.booked_on
               AND t.source_id = %(source)s AND t.external_id = c.external_id
               AND (t.account_id, t.amount, t.currency) IS NOT DISTINCT FROM (c.account_id, c.amount, c.currency))
         OR (%(dry)s AND NOT EXISTS (
            SELECT FROM customers_transactionkey k WHERE k.source_id = %(source)s AND k.external_id = c.external_id))
       THEN 'known'
       ELSE 'other' END
  FROM pg_temp.ingest_checked AS x
  LEFT JOIN pg_temp.ingest_new AS n ON n.external_id = x.external_id
  LEFT JOIN (SELECT external_id, min(row_no) AS first_line FROM pg_temp.ingest_checked WHERE problem IS NULL GROUP BY external_id) AS g
         ON g.external_id = x.external_id
  LEFT JOIN pg_temp.ingest_checked AS f ON f.external_id = g.external_id AND f.row_no = g.first_line
 WHERE x.row_no = c.row_no AND c.problem IS NULL
