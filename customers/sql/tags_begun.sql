INSERT INTO customers_customertag (customer_id, tag_id, source, confidence, grounds, at)
SELECT f.customer_id, f.tag_id, 'rule', tag.confidence,
       tag.figure || ' ' || tag.bound || ' ' || tag.value || ' (' || f.figure || ', ' || %(day)s || ')', %(at)s
  FROM tags_found f
  JOIN customers_tag tag ON tag.id = f.tag_id
 WHERE NOT EXISTS (
    SELECT FROM customers_customertag t WHERE t.customer_id = f.customer_id AND t.tag_id = f.tag_id AND t.ended_at IS NULL
 )
