-- One row of the result: none. Adds `ingest_rolled` to the daily activity of the lines that are kept rolled up, and writes the piece
-- down, exactly as `activity_of_batch` does from the transactions themselves.
WITH added AS (
    INSERT INTO customers_dailyactivity AS stood
        (customer_id, day, line, kind, currency, n, inflow, outflow, largest, squares)
    SELECT customer_id, booked_on, line, kind, currency, n, inflow, outflow, largest, squares
      FROM pg_temp.ingest_rolled
     WHERE line IN (SELECT line FROM customers_activityline)
     -- The order of all writers, so that two pieces of the same customers wait for each other and never deadlock.
     ORDER BY customer_id, booked_on, line, kind, currency
    ON CONFLICT (customer_id, day, line, kind, currency) DO UPDATE SET
        n = stood.n + excluded.n,
        inflow = stood.inflow + excluded.inflow,
        outflow = stood.outflow + excluded.outflow,
        largest = greatest(stood.largest, excluded.largest),
        squares = stood.squares + excluded.squares
)
INSERT INTO customers_activitybatch (batch_id, first_id, last_id, first_day, last_day, rows)
VALUES (%(run)s, %(first_id)s, %(last_id)s, %(first_day)s, %(last_day)s, %(rows)s)
