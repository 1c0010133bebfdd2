-- One row: everything a customer did in one currency up to the business date, with the last 30 and 90 days of it. `seen` has a bit for
-- each of the 90 days, because counting distinct days would sort all rows.
CREATE TEMP TABLE portrait_all ON COMMIT DROP AS
SELECT customer_id, currency,
       sum(n) FILTER (WHERE day > %(day)s::date - 30) AS n_30,
       sum(inflow) FILTER (WHERE day > %(day)s::date - 30) AS inflow_30,
       sum(outflow) FILTER (WHERE day > %(day)s::date - 30) AS outflow_30,
       sum(n) FILTER (WHERE day > %(day)s::date - 90) AS n_90,
       sum(inflow) FILTER (WHERE day > %(day)s::date - 90) AS inflow_90,
       sum(outflow) FILTER (WHERE day > %(day)s::date - 90) AS outflow_90,
       max(largest) FILTER (WHERE day > %(day)s::date - 90) AS largest_90,
       sum(squares) FILTER (WHERE day > %(day)s::date - 90) AS squares_90,
       bit_or(set_bit(repeat('0', 90)::bit(90), %(day)s::date - day, 1)) FILTER (WHERE day > %(day)s::date - 90) AS seen,
       sum(n) AS frequency, sum(turnover) AS monetary, min(day) AS first_on, max(day) AS last_on
FROM customers_activity
WHERE day <= %(day)s {among}
GROUP BY customer_id, currency
