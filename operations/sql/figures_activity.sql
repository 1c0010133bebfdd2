-- One row: a figure about who was active, overall (empty line) or in a line. Retained are those active in the 30 days before who
-- were active again in the last 30, as a share; without anybody to retain there is no figure.
WITH moved AS (
    SELECT customer_id, line, bool_or(day = %(day)s) AS today, bool_or(day > %(day)s::date - 30) AS lately,
           bool_or(day <= %(day)s::date - 30) AS before
    FROM customers_activity
    WHERE day > %(day)s::date - 60 AND day <= %(day)s
    GROUP BY customer_id, line
),
everywhere AS (
    SELECT line, today, lately, before FROM moved WHERE line <> ''
    UNION ALL
    SELECT '', bool_or(today), bool_or(lately), bool_or(before) FROM moved GROUP BY customer_id
),
counted AS (
    SELECT line, count(*) FILTER (WHERE today) AS today, count(*) FILTER (WHERE lately) AS lately,
           count(*) FILTER (WHERE before) AS before, count(*) FILTER (WHERE before AND lately) AS again
    FROM everywhere
    GROUP BY line
)
SELECT f.name, c.line, '' AS currency, f.value AS value
FROM counted c
CROSS JOIN LATERAL (
    VALUES ('active_day', c.today::numeric), ('active_30', c.lately), ('retained_30', c.again::numeric / nullif(c.before, 0))
) AS f (name, value)
WHERE f.value IS NOT NULL
