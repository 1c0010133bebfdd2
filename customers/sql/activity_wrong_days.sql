-- One row of the result: a day between `first` and `last` whose daily activity is not the sum of its transactions.
WITH rolled AS (
    SELECT day, sum(n) AS n, sum(inflow) AS inflow, sum(outflow) AS outflow
    FROM customers_dailyactivity
    WHERE day BETWEEN %(first)s AND %(last)s
    GROUP BY day
),
booked AS (
    SELECT booked_on AS day, count(*) AS n,
           coalesce(sum(amount) FILTER (WHERE amount > 0), 0) AS inflow,
           coalesce(-sum(amount) FILTER (WHERE amount < 0), 0) AS outflow
    FROM customers_transaction
    WHERE booked_on BETWEEN %(first)s AND %(last)s
      AND line IN (SELECT line FROM customers_activityline)
    GROUP BY booked_on
)
SELECT day
FROM rolled
FULL JOIN booked USING (day)
WHERE (rolled.n, rolled.inflow, rolled.outflow) IS DISTINCT FROM (booked.n, booked.inflow, booked.outflow)
ORDER BY day
