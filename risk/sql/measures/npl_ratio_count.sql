-- One row: loans classed substandard, doubtful or loss, over all loans granted by the day, repaid ones included.
SELECT count(*) FILTER (WHERE g.loan_class IN ('substandard', 'doubtful', 'loss')) AS numerator,
       count(*) AS denominator,
       count(*) FILTER (WHERE g.loan_class IN ('substandard', 'doubtful', 'loss'))::numeric / nullif(count(*), 0) AS value
FROM risk_loangrade g
JOIN customers_loan l ON l.id = g.loan_id
JOIN products_product p ON p.id = l.product_id
WHERE l.disbursed_on <= %(day)s
  AND (%(line)s::text IS NULL OR p.line_id = %(line)s)
