-- Records of one table against the log: what the newest event says of each field, and what stands there now. One row is one
-- difference: record, field, event. Columns that the log hides, ignores or has never told are left out; of personal ones the
-- salted hash is compared, where its salt has not been erased.
WITH wiped AS (
    SELECT coalesce(max(id), 0) AS id FROM public.audit_event WHERE table_name = %(table)s AND kind = 'truncate'
), told AS MATERIALIZED (
    SELECT event.id, event.kind, event.pk, event.body::jsonb AS body
      FROM public.audit_event AS event, wiped
     WHERE event.table_name = %(table)s AND event.kind IN ('insert', 'update', 'delete') AND event.id > wiped.id
), newest AS (
    SELECT DISTINCT ON (pk) pk, id, kind FROM told ORDER BY pk, id DESC
), renamed AS (
    SELECT body -> %(key)s ->> 0 AS pk FROM told WHERE kind = 'update' AND body ? %(key)s
), said AS (
    SELECT DISTINCT ON (told.pk, field.key) told.pk, field.key AS field, told.id,
           CASE told.kind WHEN 'update' THEN field.value -> 1 ELSE field.value END AS value
      FROM told, jsonb_each(told.body) AS field
     WHERE told.kind <> 'delete' AND field.key <> ALL (%(hidden)s::text[])
     ORDER BY told.pk, field.key, told.id DESC
), live AS MATERIALIZED (
    -- With the star it is the row, whatever its columns are called.
    SELECT to_jsonb(live_row.*) ->> %(key)s AS pk, to_jsonb(live_row.*) AS row FROM {table} AS live_row
)
SELECT 'live' AS found, said.pk, said.field, said.id
  FROM said JOIN newest ON newest.pk = said.pk AND newest.kind <> 'delete' JOIN live ON live.pk = said.pk
  LEFT JOIN public.audit_secret AS secret
    ON said.field = ANY (%(personal)s::text[]) AND secret.event_id = said.id AND secret.field IN (said.field || '.new', said.field)
 WHERE live.row ? said.field
   AND CASE WHEN said.field <> ALL (%(personal)s::text[]) OR jsonb_typeof(said.value) <> 'object' OR live.row ->> said.field IS NULL
            THEN said.value IS DISTINCT FROM live.row -> said.field
            ELSE encode(sha256(secret.salt || convert_to(live.row ->> said.field, 'UTF8')), 'hex') <> said.value ->> 'sha256' END
 UNION ALL
SELECT 'live_missing', newest.pk, '', newest.id
  FROM newest LEFT JOIN live ON live.pk = newest.pk
 WHERE newest.kind <> 'delete' AND live.pk IS NULL AND newest.pk NOT IN (SELECT pk FROM renamed WHERE pk IS NOT NULL)
 UNION ALL
SELECT 'live_unknown', live.pk, '', newest.id
  FROM live LEFT JOIN newest ON newest.pk = live.pk
 WHERE newest.kind = 'delete' OR (newest.pk IS NULL AND %(whole)s)
 LIMIT 1001
