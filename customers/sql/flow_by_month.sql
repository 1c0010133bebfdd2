-- Rows: a month, and what came to and left one customer in one currency in it; every month since the day asked for has a row.
WITH moved AS (
    SELECT date_trunc('month', day)::date AS month, sum(inflow) AS came, sum(outflow) AS went
      FROM customers_activity
     WHERE customer_id = %(customer)s AND currency = %(currency)s
       AND day >= date_trunc('month', %(since)s::timestamp)::date
       AND (%(lines)s::text[] IS NULL OR line = ANY(%(lines)s))
     GROUP BY 1
)
SELECT month::date, coalesce(came, 0), coalesce(went, 0)
  FROM generate_series(date_trunc('month', %(since)s::timestamp), %(until)s::timestamp, '1 month') AS month
  LEFT JOIN moved USING (month)
 WHERE month >= (SELECT min(month) FROM moved)
 ORDER BY month
