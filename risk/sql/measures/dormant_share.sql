-- One row: customers whose portrait says dormant, over all customers who have joined and have a portrait.
SELECT count(*) FILTER (WHERE p.lifecycle = 'dormant') AS numerator,
       count(*) AS denominator,
       count(*) FILTER (WHERE p.lifecycle = 'dormant')::numeric / nullif(count(*), 0) AS value
FROM customers_portrait p
JOIN customers_customer c ON c.id = p.customer_id
WHERE c.joined_on <= %(day)s
