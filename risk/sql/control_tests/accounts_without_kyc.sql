-- One row: customers with an account open on the day, and those whom nobody has rated for KYC until then.
WITH holder AS (
    SELECT customer.reference, profile.customer_id IS NULL AS wrong
      FROM customers_customer AS customer
      LEFT JOIN customers_kycprofile AS profile
             ON profile.customer_id = customer.id AND profile.first_rated_on <= %(day)s
     WHERE customer.erased_at IS NULL
       AND (%(line)s::text IS NULL OR EXISTS (SELECT FROM products_product AS product
                                                JOIN customers_account AS held ON held.product_id = product.id
                                               WHERE held.customer_id = customer.id AND product.line_id = %(line)s))
       AND EXISTS (SELECT FROM customers_account AS account
                    WHERE account.customer_id = customer.id AND account.opened_on <= %(day)s
                      AND (account.closed_on IS NULL OR account.closed_on > %(day)s)))
SELECT count(*)::int, count(*) FILTER (WHERE wrong)::int,
       coalesce(jsonb_agg(reference ORDER BY reference) FILTER (WHERE wrong), '[]') FROM holder;
