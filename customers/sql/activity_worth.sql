-- One row of the result: a business line, how many transactions it has, and how many rows its daily activity has or would have.
SELECT line, sum(n)::bigint AS transactions, count(*) AS days
FROM (
    SELECT line, count(*) AS n
    FROM customers_transaction
    GROUP BY line, customer_id, booked_on, kind, currency
) AS rolled
GROUP BY line
ORDER BY line
