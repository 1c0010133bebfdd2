-- One row: what one customer did in one currency on one day that falls out of the last `width` days between the two dates.
CREATE TEMP TABLE portrait_left ON COMMIT DROP AS
SELECT width, customer_id, currency, day, sum(n) AS n, sum(inflow) AS inflow, sum(outflow) AS outflow, max(largest) AS largest,
       sum(squares) AS squares
FROM (
    SELECT 30 AS width, a.*
    FROM customers_activity a
    WHERE day > %(stood)s::date - 30 AND day <= %(day)s::date - 30
    UNION ALL
    SELECT 90, a.*
    FROM customers_activity a
    WHERE day > %(stood)s::date - 90 AND day <= %(day)s::date - 90
) AS leaving
GROUP BY width, customer_id, currency, day
