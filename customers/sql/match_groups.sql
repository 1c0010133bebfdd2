-- One row: a key that two customers of one kind share or more, made of what `block` names, how many share it, and who: nobody is
-- listed where there are too many. The service says among which keys.
CREATE TEMP TABLE match_groups ON COMMIT DROP AS
SELECT b.block, count(*) AS n,
       CASE WHEN count(*) <= %(largest)s THEN array_agg(b.customer_id ORDER BY b.customer_id) END AS members
FROM customers_matchblock b {among}
GROUP BY b.kind, b.block, b.key
HAVING count(*) > 1
