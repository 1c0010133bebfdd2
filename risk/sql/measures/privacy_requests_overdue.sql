-- One row: requests about personal data that were open at the end of the day and whose deadline had passed; of how many open.
SELECT count(*) FILTER (WHERE r.due_on < %(day)s::date) AS numerator,
       count(*) AS denominator,
       count(*) FILTER (WHERE r.due_on < %(day)s::date)::numeric AS value
FROM customers_privacyrequest r
WHERE r.received_on <= %(day)s::date
  AND r.state <> 'withdrawn'
  AND (r.answered_at IS NULL OR r.answered_at >= %(day)s::date + 1)
