-- Rows written: the daily activity of the rolled-up lines from `first` to `last`, made again from the transactions. The rows that
-- stood in those days are deleted before; nobody adds to them meanwhile, because the caller holds the lock.
INSERT INTO customers_dailyactivity (customer_id, day, line, kind, currency, n, inflow, outflow, largest, squares)
SELECT customer_id, booked_on, line, kind, currency, count(*),
       coalesce(sum(amount) FILTER (WHERE amount > 0), 0),
       coalesce(-sum(amount) FILTER (WHERE amount < 0), 0),
       max(abs(amount)), sum(amount * amount)
FROM customers_transaction
WHERE booked_on BETWEEN %(first)s AND %(last)s
  AND line IN (SELECT line FROM customers_activityline)
GROUP BY customer_id, booked_on, line, kind, currency
ORDER BY booked_on, customer_id
