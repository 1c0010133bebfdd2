-- One row of the result: how many transactions the chunk has and which ids and days they span. Adds them to the daily activity of
-- the lines that are kept rolled up, and writes the chunk down. batch, first, last: which import, and which ids of it.
WITH chunk AS MATERIALIZED (
    SELECT id, customer_id, booked_on, line, kind, currency, amount
    FROM customers_transaction
    WHERE id BETWEEN %(first)s AND %(last)s
      AND batch_id IS NOT DISTINCT FROM %(batch)s
),
rolled AS (
    INSERT INTO customers_dailyactivity AS stood
        (customer_id, day, line, kind, currency, n, inflow, outflow, largest, squares)
    SELECT customer_id, booked_on, line, kind, currency, count(*),
           coalesce(sum(amount) FILTER (WHERE amount > 0), 0),
           coalesce(-sum(amount) FILTER (WHERE amount < 0), 0),
           max(abs(amount)), sum(amount * amount)
    FROM chunk
    WHERE line IN (SELECT line FROM customers_activityline)
    GROUP BY customer_id, booked_on, line, kind, currency
    -- One order for all writers, so that two chunks of the same customers wait for each other and never deadlock.
    ORDER BY customer_id, booked_on, line, kind, currency
    ON CONFLICT (customer_id, day, line, kind, currency) DO UPDATE SET
        n = stood.n + excluded.n,
        inflow = stood.inflow + excluded.inflow,
        outflow = stood.outflow + excluded.outflow,
        largest = greatest(stood.largest, excluded.largest),
        squares = stood.squares + excluded.squares
)
INSERT INTO customers_activitybatch (batch_id, first_id, last_id, first_day, last_day, rows)
SELECT %(batch)s, min(id), max(id), min(booked_on), max(booked_on), count(*)
FROM chunk
HAVING count(*) > 0
RETURNING rows
