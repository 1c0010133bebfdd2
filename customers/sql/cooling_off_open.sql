-- Begins the cooling-off period of every holding and loan taken up of late that has one and is not in the table yet: the
-- rule of its line and its customer's law (their own, their union's, else everybody's), or the product's own terms where
-- those grant more. One row of the result is one period begun.
WITH contract AS (
    SELECT h.id AS holding_id, NULL::bigint AS loan_id, h.customer_id, h.product_id, h.opened_on AS starts_on,
           h.matures_on, coalesce(h.product_version_id, p.version_id) AS version_id, p.line_id
      FROM customers_holding AS h
      JOIN products_product AS p ON p.id = h.product_id
     WHERE h.status = 'active' AND h.opened_on BETWEEN %(day)s::date - 366 AND %(day)s::date
       AND NOT EXISTS (SELECT FROM customers_coolingoff AS o WHERE o.holding_id = h.id)
     UNION ALL
    SELECT NULL, l.id, l.customer_id, l.product_id, l.disbursed_on, l.matures_on,
           coalesce(l.product_version_id, p.version_id), p.line_id
      FROM customers_loan AS l
      JOIN products_product AS p ON p.id = l.product_id
     WHERE l.reported_state = 'running' AND l.disbursed_on BETWEEN %(day)s::date - 366 AND %(day)s::date
       AND NOT EXISTS (SELECT FROM customers_coolingoff AS o WHERE o.loan_id = l.id)
), dated AS (
    SELECT t.*, r.id AS rule_id,
           greatest(
               (t.starts_on + CASE r.unit WHEN 'months' THEN make_interval(months => r.value)
                                          ELSE make_interval(days => r.value) END)::date,
               t.starts_on + CASE WHEN v.terms ->> 'cooling_off_days' ~ '^[0-9]{1,3}$'
                                  THEN (v.terms ->> 'cooling_off_days')::integer END
           ) AS ends_on
      FROM contract AS t
      JOIN customers_customer AS c ON c.id = t.customer_id
      LEFT JOIN products_productversion AS v ON v.id = t.version_id
      LEFT JOIN LATERAL (
               SELECT k.id, k.value, k.unit
                 FROM customers_coolingoffrule AS k
                WHERE k.line = t.line_id
                  AND k.valid_from <= t.starts_on AND coalesce(k.valid_to, 'infinity') >= t.starts_on
                  AND (k.jurisdiction = coalesce(nullif(upper(c.jurisdiction), ''), %(company)s::text)
                       OR k.jurisdiction = ''
                       OR (k.jurisdiction = 'EU' AND coalesce(nullif(upper(c.jurisdiction), ''), %(company)s::text)
                                                     = ANY (%(union)s::text[])))
                  AND (k.longer_than_months IS NULL
                       OR t.matures_on > t.starts_on + make_interval(months => k.longer_than_months))
                ORDER BY (k.jurisdiction = '')::integer, (k.jurisdiction = 'EU')::integer, k.valid_from DESC
                LIMIT 1
           ) AS r ON true
)
INSERT INTO customers_coolingoff (
    customer_id, product_id, holding_id, loan_id, rule_id, starts_on, ends_on, state, reason
)
SELECT customer_id, product_id, holding_id, loan_id, rule_id, starts_on, ends_on, 'running', ''
  FROM dated
 WHERE ends_on >= %(day)s::date AND ends_on > starts_on
 ORDER BY starts_on, customer_id, holding_id, loan_id
ON CONFLICT DO NOTHING
RETURNING id
