-- Rows: what falls due for one customer from a day to another: instalments not yet paid, and loans and products that end.
SELECT u.day, u.kind, p.name, u.loan_id, u.amount, u.currency, p.line_id
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
  ) u
  JOIN products_product p ON p.id = u.product_id
 WHERE %(lines)s::text[] IS NULL OR p.line_id = ANY(%(lines)s)
 ORDER BY u.day, u.kind DESC, u.loan_id
 LIMIT %(limit)s
