-- The tables that row triggers record, with the triggers' arguments (key; personal, withheld and ignored columns), joined by
-- line feeds. One row is one table.
SELECT c.relname, convert_from(decode(replace(encode(t.tgargs, 'hex'), '00', '0a'), 'hex'), 'UTF8')
  FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
 WHERE t.tgname = 'audit_row' AND c.relnamespace = 'public'::regnamespace
 ORDER BY c.relname
