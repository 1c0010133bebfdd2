-- One row a year of discovery, Basel event type of level 1 (none: not typed), business line (none: whole company) and
-- currency: how many losses, gross, recovered (recoveries and insurance), of what the reader may see in `lines`.
WITH entry AS (
    SELECT loss_id,
           sum(amount) FILTER (WHERE kind = 'gross')  AS gross,
           sum(amount) FILTER (WHERE kind <> 'gross') AS recovered
      FROM incidents_lossentry
     GROUP BY loss_id)
SELECT extract(year FROM loss.discovered_on)::int                       AS year,
       coalesce(basel.parent_id, basel.id)                              AS basel_type,
       loss.line_id                                                     AS line,
       loss.currency                                                    AS currency,
       count(*)::int                                                    AS losses,
       coalesce(sum(entry.gross), 0)                                    AS gross,
       coalesce(sum(entry.recovered), 0)                                AS recovered,
       coalesce(sum(entry.gross), 0) - coalesce(sum(entry.recovered), 0) AS net
  FROM incidents_lossevent AS loss
  LEFT JOIN entry ON entry.loss_id = loss.id
  LEFT JOIN risk_baseltype AS basel ON basel.id = loss.basel_type_id
 WHERE (%(lines)s::text[] IS NULL OR loss.line_id IS NULL OR loss.line_id = ANY(%(lines)s))
   AND (%(year)s::int IS NULL OR extract(year FROM loss.discovered_on) = %(year)s)
 GROUP BY 1, 2, 3, 4
 ORDER BY 1 DESC, 2 NULLS LAST, 3 NULLS LAST, 4;
