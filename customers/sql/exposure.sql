-- Rows: a business line and a currency in which one customer has something: how many open accounts, products held and running
-- loans, what stands on them, what is insured and what is owed. What is owed follows the rules of loan_standing.sql, for one
-- customer and not for all; a test holds the two together.
WITH stated AS (
    SELECT l.*, CASE WHEN coalesce(
                    l.reported_on,
                    CASE WHEN l.reported_state IN ('repaid', 'unpaid') THEN l.matures_on END,
                    l.disbursed_on
                ) <= %(day)s THEN l.reported_state ELSE 'running' END AS state
      FROM customers_loan l
     WHERE l.customer_id = %(customer)s AND l.disbursed_on <= %(day)s
), schedule AS (
    SELECT i.loan_id,
           bool_or(i.paid_on IS NOT NULL OR i.paid > 0) AS has_payments,
           coalesce(sum(i.principal) FILTER (WHERE i.paid_on <= %(day)s), 0) AS repaid,
           coalesce(sum(i.principal) FILTER (WHERE i.due_on <= %(day)s), 0) AS scheduled
      FROM stated s
      JOIN customers_instalment i ON i.loan_id = s.id
     WHERE s.state <> 'repaid'
     GROUP BY i.loan_id
), owed AS (
    SELECT s.product_id, s.currency,
           CASE
               WHEN i.loan_id IS NOT NULL AND (i.has_payments OR s.reported_on IS NULL) THEN greatest(s.principal - i.repaid, 0)
               WHEN s.outstanding IS NOT NULL AND coalesce(s.reported_on, s.disbursed_on) <= %(day)s THEN s.outstanding
               WHEN s.state IN ('arrears', 'unpaid', 'written_off') THEN s.principal
               WHEN i.loan_id IS NOT NULL THEN greatest(s.principal - i.scheduled, 0)
               ELSE round(s.principal * (1 - least(1, (
                   12 * extract(year FROM age(%(day)s::date, s.disbursed_on)) + extract(month FROM age(%(day)s::date, s.disbursed_on))
               ) / greatest(s.periods, 1))), 2)
           END AS owed
      FROM stated s
      LEFT JOIN schedule i ON i.loan_id = s.id
     WHERE s.state <> 'repaid'
), rows AS (
    SELECT product_id, currency, 1 AS accounts, 0 AS holdings, 0 AS loans, balance, 0 AS held, 0 AS insured, 0 AS owed
      FROM customers_account
     WHERE customer_id = %(customer)s AND status <> 'closed'
     UNION ALL
    SELECT product_id, currency, 0, 1, 0, 0, value,
           CASE WHEN terms->>'sum_insured' ~ '^[0-9]{1,16}([.][0-9]{1,2})?$' THEN (terms->>'sum_insured')::numeric ELSE 0 END, 0
      FROM customers_holding
     WHERE customer_id = %(customer)s AND status = 'active'
     UNION ALL
    SELECT product_id, currency, 0, 0, 1, 0, 0, 0, owed
      FROM owed
)
SELECT p.line_id AS line, r.currency, sum(r.accounts), sum(r.holdings), sum(r.loans),
       sum(r.balance), sum(r.held), sum(r.insured), sum(r.owed)
  FROM rows r
  JOIN products_product p ON p.id = r.product_id
  JOIN products_businessline b ON b.code = p.line_id
 WHERE %(lines)s::text[] IS NULL OR p.line_id = ANY(%(lines)s)
 GROUP BY b.position, p.line_id, r.currency
 ORDER BY b.position, r.currency
