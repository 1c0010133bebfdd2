-- Rows: what falls due for one customer from a day to another: instalments not yet paid, loans and products that end, and,
-- for who may see them, the last days to withdraw and the end of the assessment that counts.
SELECT u.day, u.kind, coalesce(p.name, ''), u.loan_id, u.amount, u.currency, coalesce(p.line_id, '')
  FROM (
    SELECT i.due_on AS day, 'instalment' AS kind, l.product_id, l.id AS loan_id,
           i.principal + i.interest + i.fee - i.paid AS amount, l.currency
      FROM customers_instalment i
      JOIN customers_loan l ON l.id = i.loan_id
     WHERE l.customer_id = %(customer)s AND l.reported_state NOT IN ('repaid', 'written_off')
       AND i.paid_on IS NULL AND i.due_on BETWEEN %(since)s AND %(until)s
     UNION ALL
    SELECT l.matures_on, 'loan', l.product_id, l.id, NULL, l.currency
      FROM customers_loan l
     WHERE l.customer_id = %(customer)s AND l.reported_state NOT IN ('repaid', 'written_off')
       AND l.matures_on BETWEEN %(since)s AND %(until)s
     UNION ALL
    SELECT h.matures_on, 'holding', h.product_id, NULL, nullif(h.value, 0), h.currency
      FROM customers_holding h
     WHERE h.customer_id = %(customer)s AND h.status = 'active' AND h.matures_on BETWEEN %(since)s AND %(until)s
     UNION ALL
    SELECT o.ends_on, 'cooling_off', o.product_id, NULL, NULL, ''
      FROM customers_coolingoff o
     WHERE %(sees_periods)s AND o.customer_id = %(customer)s AND o.state = 'running'
       AND o.ends_on BETWEEN %(since)s AND %(until)s
     UNION ALL
    SELECT r.valid_until, 'suitability', NULL, NULL, NULL, ''
      FROM (
               SELECT valid_until FROM customers_suitabilityresult
                WHERE customer_id = %(customer)s AND review NOT IN ('waiting', 'rejected')
                ORDER BY decided_at DESC, id DESC LIMIT 1
           ) r
     WHERE %(sees_class)s AND r.valid_until BETWEEN %(since)s AND %(until)s
  ) u
  LEFT JOIN products_product p ON p.id = u.product_id
 WHERE p.id IS NULL OR %(lines)s::text[] IS NULL OR p.line_id = ANY(%(lines)s)
 ORDER BY u.day, u.kind DESC, u.loan_id
 LIMIT %(limit)s
