-- One row: outstanding principal of loans classed substandard, doubtful or loss, over that of all loans not repaid; in the
-- currency that most of them are in, the others counted.
WITH book AS (
    SELECT g.loan_class, g.outstanding, l.currency
    FROM risk_loangrade g
    JOIN customers_loan l ON l.id = g.loan_id
    JOIN products_product p ON p.id = l.product_id
    WHERE g.is_open AND l.disbursed_on <= %(day)s
      AND (%(line)s::text IS NULL OR p.line_id = %(line)s)
),
main AS (SELECT currency FROM book GROUP BY currency ORDER BY count(*) DESC, currency LIMIT 1),
sums AS (
    SELECT coalesce(sum(outstanding) FILTER (WHERE loan_class IN ('substandard', 'doubtful', 'loss')), 0) AS numerator,
           coalesce(sum(outstanding), 0) AS denominator,
           max(currency) AS currency,
           (SELECT count(*) FROM book) - count(*) AS left_out
    FROM book
    JOIN main USING (currency)
)
SELECT numerator, denominator, numerator / nullif(denominator, 0) AS value, currency, left_out
FROM sums
