-- One row: rows that imports of the 30 days to the day could not take, over the rows that they read. Dry runs do not count.
SELECT coalesce(sum(f.rows_rejected), 0) AS numerator,
       coalesce(sum(f.rows_read), 0) AS denominator,
       sum(f.rows_rejected)::numeric / nullif(sum(f.rows_read), 0) AS value
FROM customers_importfile f
JOIN customers_importrun r ON r.id = f.run_id
WHERE NOT r.dry_run
  AND r.started_at >= %(day)s::date - 29
  AND r.started_at < %(day)s::date + 1
