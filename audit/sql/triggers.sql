-- Triggers of the log that ought to stand, and do not as they ought. One row is one of them, as table.trigger. Every table but
-- those of %(free)s records or refuses; the log's own tables and every partition of a table that refuses, refuse.
WITH family AS (
    SELECT c.oid, c.relname, coalesce(parent.relname, c.relname) AS root, c.relispartition
      FROM pg_class AS c
      LEFT JOIN pg_inherits AS i ON i.inhrelid = c.oid
      LEFT JOIN pg_class AS parent ON parent.oid = i.inhparent
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
), standing AS (
    SELECT t.tgrelid, t.tgname, p.proname, t.tgenabled
      FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid
     WHERE t.tgname IN ('audit_row', 'audit_update', 'audit_truncate', 'audit_refuse')
), sound AS (
    SELECT tgrelid, tgname FROM standing
     WHERE tgenabled = 'A' AND (tgname, proname) IN (
           ('audit_row', 'audit_record_row'), ('audit_update', 'audit_record_row'), ('audit_update', 'audit_record_update'),
           ('audit_truncate', 'audit_record_truncate'), ('audit_refuse', 'audit_refuse'), ('audit_refuse', 'audit_refuse_secret'))
), refusing AS (
    SELECT DISTINCT f.root FROM family AS f JOIN standing AS s ON s.tgrelid = f.oid WHERE s.tgname = 'audit_refuse'
     UNION SELECT unnest(%(log)s::text[])
), wanted AS (
    SELECT f.oid, f.relname, 'audit_refuse' AS tgname FROM family AS f JOIN refusing AS r USING (root)
     UNION ALL
    SELECT f.oid, f.relname, name FROM family AS f, unnest(ARRAY['audit_row', 'audit_update', 'audit_truncate']) AS name
     WHERE NOT f.relispartition AND f.root <> ALL (%(free)s::text[]) AND f.root NOT IN (SELECT root FROM refusing)
)
SELECT wanted.relname || '.' || wanted.tgname
  FROM wanted LEFT JOIN sound ON sound.tgrelid = wanted.oid AND sound.tgname = wanted.tgname
 WHERE sound.tgrelid IS NULL
 ORDER BY 1
