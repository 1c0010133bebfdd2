-- Rows: each region that a customer stands in, once, in order; the index over regions is asked for the next one each time.
WITH RECURSIVE found AS (
    (SELECT region FROM customers_customer WHERE region > '' ORDER BY region LIMIT 1)
    UNION ALL
    SELECT (SELECT c.region FROM customers_customer c WHERE c.region > found.region ORDER BY c.region LIMIT 1)
      FROM found WHERE found.region IS NOT NULL
)
SELECT region FROM found WHERE region IS NOT NULL
