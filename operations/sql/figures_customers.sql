-- One row: a figure about customers, overall (empty line) or for a line. Who joined after the day, or is closed, does not count.
WITH present AS (
    SELECT id, joined_on, lines FROM customers_customer WHERE joined_on <= %(day)s AND status <> 'closed' AND merged_into_id IS NULL
),
lined AS (
    SELECT '' AS line, joined_on FROM present
    UNION ALL
    SELECT unnest(lines), joined_on FROM present
)
SELECT f.name, l.line, '' AS currency, f.value::numeric AS value
FROM (
    SELECT line, count(*) AS total, count(*) FILTER (WHERE joined_on = %(day)s) AS fresh,
           count(*) FILTER (WHERE joined_on > %(day)s::date - 30) AS fresh_30
    FROM lined GROUP BY line
) AS l
CROSS JOIN LATERAL (VALUES ('customers_total', l.total), ('customers_new', l.fresh), ('customers_new_30', l.fresh_30)) AS f (name, value)
UNION ALL
SELECT 'dormant', '', '', count(*) FROM customers_portrait WHERE lifecycle = 'dormant'
