-- One row of the result: how many transactions were added, the span of their ids and of their days. They go in the order of
-- the file, so that ids of one day follow it.
WITH moved AS (
    INSERT INTO customers_transaction
        (customer_id, account_id, product_id, line, booked_on, booked_at, kind, amount, currency, balance_after,
         channel, counterparty, purpose, source_id, external_id, batch_id)
    SELECT customer_id, account_id, product_id, coalesce(line, ''), booked_on, booked_at, kind, amount, currency, balance_after,
           channel, counterparty, purpose, %(source)s, external_id, %(run)s
      FROM pg_temp.ingest_fresh
     ORDER BY row_no
    RETURNING id, booked_on
)
SELECT count(*), min(id), max(id), min(booked_on), max(booked_on) FROM moved
