-- Who bears which tag by the rules, read in one pass over the customers. {rules} is a row for each: tag, figure, whether it holds.
CREATE TEMPORARY TABLE tags_found ON COMMIT DROP AS
SELECT c.id AS customer_id, rule.tag_id, rule.figure
  FROM customers_customer c
  LEFT JOIN customers_portrait p ON p.customer_id = c.id
 CROSS JOIN LATERAL (VALUES {rules}) AS rule (tag_id, figure, holds)
 WHERE rule.holds AND c.erased_at IS NULL AND c.restricted_at IS NULL
