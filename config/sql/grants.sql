-- What each role may do with what stands in the database: rules, not lists, so that a new table has its place at once. Run by the
-- owner after every migration (config/apps.py). Until then a new table is closed to all others; partitions are reached through
-- their parents and are never granted themselves.

DO $$
DECLARE
    thing   record;
    allowed text;
BEGIN
    IF to_regrole('meridian_owner') IS NULL THEN RETURN; END IF;  -- one role does everything here

    ALTER DEFAULT PRIVILEGES FOR ROLE meridian_owner REVOKE EXECUTE ON ROUTINES FROM PUBLIC;

    FOR thing IN
        SELECT c.oid::regclass AS name, c.relname, c.relkind, c.relname LIKE 'audit\_%' AS is_log,
               EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'audit_refuse') AS is_append_only
          FROM pg_class c
         WHERE c.relnamespace = 'public'::regnamespace AND c.relowner = 'meridian_owner'::regrole
           AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition
    LOOP
        EXECUTE format('REVOKE ALL ON %s FROM PUBLIC, meridian_app, meridian_sealer, meridian_redactor, meridian_reader', thing.name);
        -- The application writes to the log through functions alone, and its own schema is none of its business.
        allowed := CASE
            WHEN thing.is_log OR thing.relname = 'django_migrations' OR thing.relkind IN ('v', 'm') THEN 'SELECT'
            WHEN thing.is_append_only THEN 'SELECT, INSERT'
            ELSE 'SELECT, INSERT, UPDATE, DELETE' END;
        EXECUTE format('GRANT %s ON %s TO meridian_app', allowed, thing.name);
        -- The sealer reads events and adds what proves them; plain text behind hashes is not for it.
        IF thing.is_log AND thing.relname <> 'audit_secret' THEN
            EXECUTE format('GRANT %s ON %s TO meridian_sealer',
                           CASE thing.relname WHEN 'audit_event' THEN 'SELECT' ELSE 'SELECT, INSERT' END, thing.name);
        END IF;
        -- The reader sees what the log may show: no column that is hidden there, and no table that holds sessions or secrets.
        IF thing.relname NOT IN ('audit_secret', 'django_session', 'staff_usersession', 'customers_importreject', 'customers_idempotencykey') THEN
            SELECT string_agg(quote_ident(a.attname), ', ') INTO allowed
              FROM pg_attribute a
             WHERE a.attrelid = thing.name AND a.attnum > 0 AND NOT a.attisdropped
               -- Ciphertext and keyed hashes are bytes; in the log alone they are proofs.
               AND (thing.is_log OR a.atttypid <> 'bytea'::regtype)
               AND NOT EXISTS (
                   SELECT FROM pg_trigger t, string_to_array(encode(t.tgargs, 'escape'), '\000') AS args
                    WHERE t.tgrelid = thing.name AND t.tgname = 'audit_row'
                      AND a.attname = ANY (string_to_array(args[2] || ',' || args[3], ',')));
            CONTINUE WHEN allowed IS NULL;
            EXECUTE format('GRANT SELECT (%s) ON %s TO meridian_reader', allowed, thing.name);
        END IF;
    END LOOP;

    FOR thing IN
        SELECT c.oid::regclass AS name, CASE WHEN c.relname LIKE 'audit\_%' THEN 'meridian_sealer' ELSE 'meridian_app' END AS role
          FROM pg_class c
         WHERE c.relnamespace = 'public'::regnamespace AND c.relowner = 'meridian_owner'::regrole AND c.relkind = 'S'
           AND c.relname <> 'audit_event_id_seq'
    LOOP
        EXECUTE format('GRANT USAGE, SELECT ON SEQUENCE %s TO %I', thing.name, thing.role);
    END LOOP;

    -- A function of the log that runs with the owner's rights is granted by name; one that runs with the caller's opens nothing.
    FOR thing IN
        SELECT p.oid::regprocedure AS name, CASE
                   WHEN p.proname LIKE 'audit\_redact%' THEN 'meridian_redactor'
                   WHEN p.proname IN ('audit_emit', 'audit_ensure_month') THEN 'meridian_app, meridian_sealer, meridian_redactor'
                   WHEN p.proname LIKE 'audit\_%' AND p.prosecdef THEN NULL
                   WHEN p.prosecdef THEN 'meridian_app'
                   ELSE 'meridian_app, meridian_sealer, meridian_redactor, meridian_reader' END AS roles
          FROM pg_proc p
         WHERE p.pronamespace = 'public'::regnamespace AND p.proowner = 'meridian_owner'::regrole
           AND p.prorettype <> 'trigger'::regtype
    LOOP
        EXECUTE format('REVOKE ALL ON ROUTINE %s FROM PUBLIC, meridian_app, meridian_sealer, meridian_redactor, meridian_reader', thing.name);
        CONTINUE WHEN thing.roles IS NULL;
        EXECUTE format('GRANT EXECUTE ON ROUTINE %s TO %s', thing.name, thing.roles);
    END LOOP;
END $$;
