-- One row: everything a customer did up to the business date in one currency. The service says whose activity.
CREATE TEMP TABLE portrait_history ON COMMIT DROP AS
SELECT a.customer_id, a.currency, sum(n) AS n, sum(turnover) AS turnover, min(day) AS first_on, max(day) AS last_on
FROM {activity}
WHERE day <= %(day)s {among}
GROUP BY a.customer_id, a.currency
