-- One row: the customers at which `shares` of the work of drawing everybody's portrait lie behind, smallest first; NULL where a
-- sample finds nothing. One in two hundred movements is looked at and ten times as many of the customers: writing a portrait
-- costs about as much as summing up ten movements; days are summed up quicker than movements.
SELECT percentile_disc(%(shares)s::float8[]) WITHIN GROUP (ORDER BY id)
FROM (
    SELECT customer_id AS id FROM customers_dailyactivity TABLESAMPLE SYSTEM (0.3) REPEATABLE (1)
    UNION ALL
    SELECT customer_id FROM customers_transaction TABLESAMPLE SYSTEM (0.5) REPEATABLE (1)
    WHERE line <> ALL (ARRAY(SELECT line FROM customers_activityline))
    UNION ALL
    SELECT id FROM customers_customer TABLESAMPLE SYSTEM (5) REPEATABLE (1)
) AS work
