-- The roles of the database, and who owns what stands in this one. Run by an administrator of the server: the keeper of the embedded
-- servers at every start, `manage.py database_roles` elsewhere. It changes only what is missing. docs/operations/security.md says what
-- each role may do; config/sql/grants.sql, after every migration, gives it to them.

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['owner', 'migrator', 'app', 'sealer', 'redactor', 'reader'] LOOP
        CONTINUE WHEN to_regrole('meridian_' || name) IS NOT NULL;
        EXECUTE format('CREATE ROLE %I %s NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', 'meridian_' || name,
                       CASE name WHEN 'owner' THEN 'NOLOGIN' ELSE 'LOGIN' END);
    END LOOP;
    IF NOT pg_has_role('meridian_migrator', 'meridian_owner', 'MEMBER') THEN
        GRANT meridian_owner TO meridian_migrator;
        -- What a migration makes belongs to the owner, whoever signed in to run it.
        ALTER ROLE meridian_migrator SET role = 'meridian_owner';
        ALTER ROLE meridian_reader SET default_transaction_read_only = on;
    END IF;
    -- The application takes on the redactor's rights for an erasure, in its transaction, and does not hold them otherwise.
    IF NOT pg_has_role('meridian_app', 'meridian_redactor', 'MEMBER') THEN
        IF current_setting('server_version_num')::int >= 160000 THEN
            EXECUTE 'GRANT meridian_redactor TO meridian_app WITH INHERIT FALSE, SET TRUE';  -- words that 15 cannot read
        ELSE
            GRANT meridian_redactor TO meridian_app;  -- before 16 it holds them
        END IF;
    END IF;
    -- Who looks for the oldest running transaction sees those of the other roles. From 16 on an administrator who is no superuser
    -- may not give this; then a long transaction of another database holds sealing up, and the command tells what to run.
    FOREACH name IN ARRAY ARRAY['meridian_app', 'meridian_sealer'] LOOP
        CONTINUE WHEN pg_has_role(name, 'pg_read_all_stats', 'MEMBER');
        BEGIN
            EXECUTE format('GRANT pg_read_all_stats TO %I', name);
        EXCEPTION WHEN insufficient_privilege THEN NULL;
        END;
    END LOOP;
    -- An administrator who is no superuser hands things over only to a role that is theirs too. From 16 on whoever makes a role may
    -- grant it and is not in it.
    IF NOT pg_has_role(current_user, 'meridian_owner',
                       CASE WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END) THEN
        EXECUTE format('GRANT meridian_owner TO %I', current_user);
    END IF;
END $$;

DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT, CREATE, TEMPORARY ON DATABASE %I TO meridian_owner', current_database());
    EXECUTE format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO meridian_migrator, meridian_app', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO meridian_sealer, meridian_redactor, meridian_reader', current_database());
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    GRANT USAGE, CREATE ON SCHEMA public TO meridian_owner;
    GRANT USAGE ON SCHEMA public TO meridian_app, meridian_sealer, meridian_redactor, meridian_reader;
END $$;

-- What stands here already, made before there were roles, goes to the owner.
DO $$
DECLARE
    hand_over text;
BEGIN
    FOR hand_over IN
        SELECT format('ALTER %s %s OWNER TO meridian_owner',
                      CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
                      c.oid::regclass)
          FROM pg_class c
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
           AND c.relowner <> 'meridian_owner'::regrole
           -- Extensions keep what is theirs, and the sequence of a column goes with its table.
           AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                              AND (d.deptype = 'e' OR c.relkind = 'S' AND d.deptype IN ('a', 'i')))
        UNION ALL
        SELECT format('ALTER ROUTINE %s OWNER TO meridian_owner', p.oid::regprocedure)
          FROM pg_proc p
         WHERE p.pronamespace = 'public'::regnamespace AND p.proowner <> 'meridian_owner'::regrole
           AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
        UNION ALL
        SELECT format('ALTER TYPE %s OWNER TO meridian_owner', t.oid::regtype)
          FROM pg_type t
         WHERE t.typnamespace = 'public'::regnamespace AND t.typowner <> 'meridian_owner'::regrole AND t.typtype IN ('e', 'd')
           AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
    LOOP
        EXECUTE hand_over;
    END LOOP;
END $$;
