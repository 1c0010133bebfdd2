-- One row: personal values shown in clear in the seven days to the day, over the people who had any shown to them.
SELECT count(*) AS numerator,
       count(DISTINCT r.by_id) AS denominator,
       count(*)::numeric / nullif(count(DISTINCT r.by_id), 0) AS value
FROM customers_reveal r
WHERE r.at >= %(day)s::date - 6
  AND r.at < %(day)s::date + 1
