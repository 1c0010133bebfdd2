UPDATE customers_customertag t SET ended_at = %(at)s
 WHERE t.source = 'rule' AND t.ended_at IS NULL
   AND NOT EXISTS (SELECT FROM tags_found f WHERE f.customer_id = t.customer_id AND f.tag_id = t.tag_id)
