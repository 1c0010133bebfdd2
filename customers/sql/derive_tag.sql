-- What one rule finds, compared with what stands: new tags begin, those that no longer hold end. One row: how many moved.
WITH found AS (
    SELECT c.id AS customer_id, {figure} AS figure
      FROM customers_customer c
      LEFT JOIN customers_portrait p ON p.customer_id = c.id
     WHERE c.erased_at IS NULL AND c.restricted_at IS NULL
       AND (%(currency)s = '' OR c.currency = %(currency)s)
       AND {figure} {operator} %(value)s
), ended AS (
    UPDATE customers_customertag t SET ended_at = %(at)s
     WHERE t.tag_id = %(tag)s AND t.source = 'rule' AND t.ended_at IS NULL
       AND NOT EXISTS (SELECT FROM found WHERE found.customer_id = t.customer_id)
    RETURNING 1
), begun AS (
    INSERT INTO customers_customertag (customer_id, tag_id, source, confidence, grounds, at)
    SELECT found.customer_id, %(tag)s, 'rule', %(confidence)s, %(said)s || ' (' || found.figure || ', ' || %(day)s || ')', %(at)s
      FROM found
     WHERE NOT EXISTS (
        SELECT FROM customers_customertag t
         WHERE t.customer_id = found.customer_id AND t.tag_id = %(tag)s AND t.ended_at IS NULL
     )
    RETURNING 1
)
SELECT (SELECT count(*) FROM ended) + (SELECT count(*) FROM begun)
