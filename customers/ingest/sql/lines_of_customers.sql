-- Rows: customers who now have something in a business line that they had nothing in before. `ingest_owners` holds
-- (customer_id, product_id) of what was just added.
UPDATE customers_customer AS c
   SET lines = ARRAY(SELECT DISTINCT unnest(c.lines || gained.lines) ORDER BY 1)
  FROM (SELECT o.customer_id, array_agg(DISTINCT p.line_id) AS lines
          FROM pg_temp.ingest_owners o
          JOIN products_product p ON p.id = o.product_id
         GROUP BY o.customer_id) AS gained
 WHERE c.id = gained.customer_id
   AND NOT c.lines @> gained.lines::varchar[]
