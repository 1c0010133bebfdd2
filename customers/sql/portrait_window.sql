-- One row: what a customer did in the 30 and 90 days up to the business date in one currency. `seen` has a bit for each of the
-- 90 days, because counting distinct days would sort all rows. The service says whose activity.
CREATE TEMP TABLE portrait_window ON COMMIT DROP AS
SELECT a.customer_id, a.currency,
       sum(n) FILTER (WHERE day > %(day)s::date - 30) AS n_30,
       sum(inflow) FILTER (WHERE day > %(day)s::date - 30) AS inflow_30,
       sum(outflow) FILTER (WHERE day > %(day)s::date - 30) AS outflow_30,
       sum(n) AS n_90, sum(inflow) AS inflow_90, sum(outflow) AS outflow_90, max(largest) AS largest_90,
       sum(squares) AS squares_90,
       bit_or(set_bit(repeat('0', 90)::bit(90), %(day)s::date - day, 1)) AS seen
FROM {activity}
WHERE day <= %(day)s AND day > %(day)s::date - 90 {among}
GROUP BY a.customer_id, a.currency
