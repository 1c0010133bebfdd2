-- Rows: transactions added, in the order of the file, so that the ids of one day follow it.
INSERT INTO customers_transaction
    (customer_id, account_id, product_id, line, booked_on, booked_at, kind, amount, currency, balance_after,
     channel, counterparty, purpose, source_id, external_id, batch_id)
SELECT customer_id, account_id, product_id, coalesce(line, ''), booked_on, booked_at, kind, amount, currency, balance_after,
       channel, counterparty, purpose, %(source)s, external_id, %(run)s
  FROM pg_temp.ingest_fresh
 ORDER BY row_no
