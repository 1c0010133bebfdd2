-- One row of `ingest_rolled`: what the checked rows of one customer, day, line, kind and currency come to. Made before the rows move,
-- while another piece moves, because adding up is the greater part of keeping the daily activity.
CREATE TEMP TABLE ingest_rolled AS
SELECT customer_id, booked_on, coalesce(line, '') AS line, kind, currency, count(*) AS n,
       coalesce(sum(amount) FILTER (WHERE amount > 0), 0) AS inflow,
       coalesce(-sum(amount) FILTER (WHERE amount < 0), 0) AS outflow,
       max(abs(amount)) AS largest,
       sum(amount * amount) AS squares
  FROM pg_temp.ingest_checked
 WHERE problem IS NULL
 GROUP BY customer_id, booked_on, coalesce(line, ''), kind, currency
