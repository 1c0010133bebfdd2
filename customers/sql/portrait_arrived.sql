-- One row: what one customer did in one currency on one day that no portrait holds yet: rows of chunks that no round has taken,
-- and rows of taken chunks whose business day has come only now. day: the business date; stood: the one the portraits stand at.
CREATE TEMP TABLE portrait_arrived ON COMMIT DROP AS
SELECT coalesce(gone.merged_into_id, arrived.customer_id) AS customer_id, currency, booked_on AS day, count(*) AS n,
       coalesce(sum(amount) FILTER (WHERE amount > 0), 0) AS inflow,
       coalesce(-sum(amount) FILTER (WHERE amount < 0), 0) AS outflow,
       max(abs(amount)) AS largest, sum(amount * amount) AS squares
FROM (
    SELECT t.customer_id, t.currency, t.booked_on, t.amount
    FROM customers_activitybatch b
    JOIN customers_transaction t
        ON t.id BETWEEN b.first_id AND b.last_id
        AND t.booked_on BETWEEN b.first_day AND b.last_day
        AND t.batch_id IS NOT DISTINCT FROM b.batch_id
    WHERE b.taken_by_id IS NULL AND t.booked_on <= %(day)s
    UNION ALL
    SELECT t.customer_id, t.currency, t.booked_on, t.amount
    FROM customers_activitybatch b
    JOIN customers_transaction t
        ON t.id BETWEEN b.first_id AND b.last_id
        AND t.batch_id IS NOT DISTINCT FROM b.batch_id
    WHERE b.taken_by_id IS NOT NULL AND b.last_day > %(stood)s AND b.first_day <= %(day)s
      AND t.booked_on > %(stood)s AND t.booked_on <= %(day)s
) AS arrived
LEFT JOIN (SELECT id, merged_into_id FROM customers_customer WHERE merged_into_id IS NOT NULL) AS gone ON gone.id = arrived.customer_id
GROUP BY 1, currency, booked_on
