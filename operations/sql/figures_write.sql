-- Rows written: figures of the business date that are new or differ from those that stand. Figures that are no more go.
WITH gone AS (
    DELETE FROM operations_figure f
    WHERE f.day = %(day)s
      AND NOT EXISTS (
          SELECT FROM figures_fresh n WHERE n.name = f.name AND n.line = f.line AND n.currency = f.currency
      )
)
INSERT INTO operations_figure AS stood (day, name, line, currency, value, run)
SELECT %(day)s, name, line, currency, value, %(run)s
FROM figures_fresh
ORDER BY name, line, currency
ON CONFLICT (name, line, currency, day) DO UPDATE SET value = excluded.value, run = excluded.run
WHERE stood.value <> excluded.value
