-- Rows: what was opened, closed, granted, taken up or agreed to by one customer since a moment; `title` says which of these it is.
-- A date without a time of day counts as since when it is after the day of that moment.
SELECT c.day, c.what, c.title
  FROM (
    SELECT opened_on AS day, 'account_opened' AS what, p.name AS title, p.line_id AS line
      FROM customers_account a JOIN products_product p ON p.id = a.product_id
     WHERE a.customer_id = %(customer)s AND a.opened_on > %(day)s
     UNION ALL
    SELECT closed_on, 'account_closed', p.name, p.line_id
      FROM customers_account a JOIN products_product p ON p.id = a.product_id
     WHERE a.customer_id = %(customer)s AND a.closed_on > %(day)s
     UNION ALL
    SELECT opened_on, 'taken_up', p.name, p.line_id
      FROM customers_holding h JOIN products_product p ON p.id = h.product_id
     WHERE h.customer_id = %(customer)s AND h.opened_on > %(day)s
     UNION ALL
    SELECT disbursed_on, 'disbursed', p.name, p.line_id
      FROM customers_loan l JOIN products_product p ON p.id = l.product_id
     WHERE l.customer_id = %(customer)s AND l.disbursed_on > %(day)s
  ) c
 WHERE c.day <= %(today)s AND (%(lines)s::text[] IS NULL OR c.line = ANY(%(lines)s))
 ORDER BY c.day DESC, c.what, c.title
 LIMIT %(limit)s
