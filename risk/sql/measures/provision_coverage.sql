-- One row: provisions that the rules in force demand (specific by class, general on all loans not repaid) over the outstanding
-- principal of non-performing loans; in the currency that most loans are in, the others counted.
WITH in_force AS (
    SELECT DISTINCT ON (jurisdiction, loan_class) jurisdiction, loan_class, provision_rate
    FROM risk_loanclassrule
    WHERE valid_from <= %(day)s AND (valid_to IS NULL OR valid_to >= %(day)s)
    ORDER BY jurisdiction, loan_class, valid_from DESC
),
general AS (
    SELECT DISTINCT ON (jurisdiction) jurisdiction, value AS rate
    FROM risk_parameter
    WHERE code = 'general_provision' AND valid_from <= %(day)s AND (valid_to IS NULL OR valid_to >= %(day)s)
    ORDER BY jurisdiction, valid_from DESC
),
book AS (
    SELECT g.loan_class, g.outstanding, l.currency,
           CASE WHEN p.jurisdiction IN (SELECT jurisdiction FROM in_force) THEN p.jurisdiction ELSE 'CN' END AS class_law,
           CASE WHEN p.jurisdiction IN (SELECT jurisdiction FROM general) THEN p.jurisdiction ELSE 'CN' END AS general_law
    FROM risk_loangrade g
    JOIN customers_loan l ON l.id = g.loan_id
    JOIN products_product p ON p.id = l.product_id
    WHERE g.is_open AND l.disbursed_on <= %(day)s
      AND (%(line)s::text IS NULL OR p.line_id = %(line)s)
),
main AS (SELECT currency FROM book GROUP BY currency ORDER BY count(*) DESC, currency LIMIT 1),
sums AS (
    SELECT round(coalesce(sum(b.outstanding * (coalesce(r.provision_rate, 0) + coalesce(a.rate, 0))), 0), 2) AS numerator,
           coalesce(sum(b.outstanding) FILTER (WHERE b.loan_class IN ('substandard', 'doubtful', 'loss')), 0) AS denominator,
           max(b.currency) AS currency,
           (SELECT count(*) FROM book) - count(*) AS left_out
    FROM book b
    JOIN main USING (currency)
    LEFT JOIN in_force r ON r.jurisdiction = b.class_law AND r.loan_class = b.loan_class
    LEFT JOIN general a ON a.jurisdiction = b.general_law
)
SELECT numerator, denominator, numerator / nullif(denominator, 0) AS value, currency, left_out
FROM sums
