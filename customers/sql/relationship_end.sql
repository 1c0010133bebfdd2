-- One row: whether anything of the customer still runs, the last day on which something ended, the last day on which a
-- fund position ended (NULL without one), the last day on which money moved.
SELECT EXISTS (SELECT FROM customers_account WHERE customer_id = %(customer)s AND status <> 'closed')
       OR EXISTS (SELECT FROM customers_holding WHERE customer_id = %(customer)s AND status = 'active')
       OR EXISTS (SELECT FROM customers_loan WHERE customer_id = %(customer)s AND reported_state NOT IN ('repaid', 'written_off')) AS runs,
       greatest((SELECT max(closed_on) FROM customers_account WHERE customer_id = %(customer)s),
                (SELECT max(closed_on) FROM customers_holding WHERE customer_id = %(customer)s),
                (SELECT max(matures_on) FROM customers_loan WHERE customer_id = %(customer)s)) AS ended_on,
       greatest((SELECT max(a.closed_on) FROM customers_account a JOIN products_product p ON p.id = a.product_id
                  WHERE a.customer_id = %(customer)s AND p.line_id = 'fund'),
                (SELECT max(h.closed_on) FROM customers_holding h JOIN products_product p ON p.id = h.product_id
                  WHERE h.customer_id = %(customer)s AND p.line_id = 'fund')) AS fund_ended_on,
       (SELECT max(booked_on) FROM customers_transaction WHERE customer_id = ANY(%(numbers)s)) AS moved_on
