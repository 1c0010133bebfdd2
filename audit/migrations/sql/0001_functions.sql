-- Months ---------------------------------------------------------------------------------------------------------------

-- Make the partition of `parent` that holds `day`, unless it stands. Safe in parallel: one maker at a time per parent, by the
-- lock that ATTACH takes anyway and that keeps out neither readers nor writers (CREATE … PARTITION OF would). An advisory
-- lock would not do: only the lock of a table makes this session look again for what others have just made.
CREATE FUNCTION public.audit_ensure_month(parent regclass, day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    first_day date := date_trunc('month', day)::date;
    next_day  date := (date_trunc('month', day) + interval '1 month')::date;
    home      text;
    part      text;
    zone      text;
BEGIN
    SELECT n.nspname, c.relname || '_y' || to_char(day, 'FMYYYY"m"MM'),
           CASE a.atttypid WHEN 'timestamptz'::regtype THEN ' 00:00:00+00' ELSE '' END
      INTO home, part, zone
      FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_partitioned_table p ON p.partrelid = c.oid
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.partattrs[0]
     WHERE c.oid = parent AND p.partstrat = 'r';
    IF part IS NULL THEN
        RAISE EXCEPTION 'The table % is not partitioned by range, so it has no months.', parent;
    END IF;
    IF to_regclass(format('%I.%I', home, part)) IS NOT NULL THEN RETURN; END IF;
    EXECUTE format('LOCK TABLE ONLY %s IN SHARE UPDATE EXCLUSIVE MODE', parent);
    IF to_regclass(format('%I.%I', home, part)) IS NOT NULL THEN RETURN; END IF;
    EXECUTE format('CREATE TABLE %I.%I (LIKE %s INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)', home, part, parent);
    EXECUTE format('ALTER TABLE %s ATTACH PARTITION %I.%I FOR VALUES FROM (%L) TO (%L)',
                   parent, home, part, first_day || zone, next_day || zone);
    -- Statement triggers are not inherited.
    IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = parent AND tgname = 'audit_refuse') THEN
        PERFORM public.audit_attach_refusal(format('%I.%I', home, part)::regclass);
    END IF;
END $$;

-- Writing --------------------------------------------------------------------------------------------------------------

-- Write one event and return its id. Who, where and why come from the settings that the application keeps
-- (`audit.ctx` for the connection; `audit.action`, `audit.reason`, `audit.approval` for the transaction).
-- This and audit_hide run with the rights and the search path of the definer functions below, which alone call them.
CREATE FUNCTION public.audit_write(
    event bigint, moment timestamptz, kind text, table_name text, pk text, changed text[], body text,
    action text DEFAULT NULL, reason text DEFAULT NULL
) RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
    ctx jsonb := nullif(current_setting('audit.ctx', true), '')::jsonb;
BEGIN
    IF to_regclass('public.audit_event_y' || to_char(moment AT TIME ZONE 'UTC', 'FMYYYY"m"MM')) IS NULL THEN
        PERFORM public.audit_ensure_month('public.audit_event', (moment AT TIME ZONE 'UTC')::date);
    END IF;
    INSERT INTO public.audit_event (
        id, at, xid, actor_id, approval_id, unattributed, kind, table_name, pk, action,
        actor_label, request, session, address, db_user, reason, changed, body)
    VALUES (
        event, moment, txid_current(), (ctx ->> 'actor')::bigint,
        nullif(current_setting('audit.approval', true), '')::bigint,
        ctx IS NULL OR (ctx ->> 'actor' IS NULL AND coalesce(ctx ->> 'label', '') = ''),
        kind, table_name, coalesce(pk, ''),
        coalesce(action, current_setting('audit.action', true), ''),
        coalesce(ctx ->> 'label', ''), (ctx ->> 'request')::uuid, coalesce(ctx ->> 'session', ''), (ctx ->> 'address')::inet,
        session_user, coalesce(reason, current_setting('audit.reason', true), ''), changed, body);
    RETURN event;
END $$;

-- Replace personal fields of `row_body` by the salted hash of their text, keeping the text in audit_secret, and withheld
-- fields by a mark. `touched` limits this to the fields of an update; `side` is old or new.
CREATE FUNCTION public.audit_hide(
    event bigint, row_body jsonb, side text, personal text[], withheld text[], touched text[]
) RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
    name text;
    salt bytea;
BEGIN
    IF row_body IS NULL THEN RETURN NULL; END IF;
    FOREACH name IN ARRAY withheld LOOP
        row_body := row_body || jsonb_build_object(name, jsonb_build_object('withheld', true));
    END LOOP;
    FOREACH name IN ARRAY personal LOOP
        CONTINUE WHEN (touched IS NOT NULL AND name <> ALL (touched)) OR row_body ->> name IS NULL;
        salt := uuid_send(gen_random_uuid());
        INSERT INTO public.audit_secret VALUES (event, name || side, salt, row_body ->> name);
        row_body := row_body || jsonb_build_object(name, jsonb_build_object(
            'sha256', encode(sha256(salt || convert_to(row_body ->> name, 'UTF8')), 'hex')));
    END LOOP;
    RETURN row_body;
END $$;

-- The row triggers. Arguments: key column; personal, withheld and ignored columns, comma-separated.
-- An update says {"field": [old, new]} of what changed and is silent when nothing did; an insert or delete says the row.

-- Updates of tables without hidden or ignored columns: nearly all writes there are, hence one statement for everything. It does what
-- audit_record_row does in steps, at two thirds of its cost; every expression more is paid on every save. The statement
-- writes nothing when nothing changed or when the month is missing; only then is it asked which.
CREATE FUNCTION public.audit_record_update() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    moment timestamptz := clock_timestamp();
    zone   text;
BEGIN
    -- The same row gives the same bytes whatever the writer's time zone is. SET on the function would cost every save.
    IF current_setting('timezone') <> 'UTC' THEN
        zone := current_setting('timezone');
        PERFORM set_config('timezone', 'UTC', true);
    END IF;
    LOOP
        INSERT INTO public.audit_event (
            at, xid, actor_id, approval_id, unattributed, kind, table_name, pk, action,
            actor_label, request, session, address, db_user, reason, changed, body)
        SELECT moment, txid_current(), (ctx ->> 'actor')::bigint,
               nullif(current_setting('audit.approval', true), '')::bigint,
               coalesce(ctx ->> 'actor', nullif(ctx ->> 'label', '')) IS NULL,
               'update', TG_TABLE_NAME, coalesce(becomes ->> TG_ARGV[0], ''),
               coalesce(current_setting('audit.action', true), ''),
               coalesce(ctx ->> 'label', ''), (ctx ->> 'request')::uuid, coalesce(ctx ->> 'session', ''),
               (ctx ->> 'address')::inet, session_user, coalesce(current_setting('audit.reason', true), ''), touched, body
          -- OFFSET 0 keeps each of these computed once.
          FROM (SELECT nullif(current_setting('audit.ctx', true), '')::jsonb AS ctx,
                       to_jsonb(OLD) AS was, to_jsonb(NEW) AS becomes OFFSET 0) AS c,
               LATERAL (SELECT array_agg(f.key) AS touched,
                               '{' || string_agg(concat(to_json(f.key), ':[', was -> f.key, ',', f.value, ']'), ',') || '}' AS body
                          FROM jsonb_each(becomes) AS f WHERE f.value IS DISTINCT FROM was -> f.key) AS d
         WHERE touched IS NOT NULL
           AND to_regclass('public.audit_event_y' || to_char(moment AT TIME ZONE 'UTC', 'FMYYYY"m"MM')) IS NOT NULL;
        EXIT WHEN FOUND;
        EXIT WHEN to_regclass('public.audit_event_y' || to_char(moment AT TIME ZONE 'UTC', 'FMYYYY"m"MM')) IS NOT NULL;
        PERFORM public.audit_ensure_month('public.audit_event', (moment AT TIME ZONE 'UTC')::date);
    END LOOP;
    IF zone IS NOT NULL THEN PERFORM set_config('timezone', zone, true); END IF;
    RETURN NULL;
END $$;

-- Inserts and deletes, and updates of tables with hidden or ignored columns.
CREATE FUNCTION public.audit_record_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    was     jsonb;
    becomes jsonb;
    touched text[];
    event   bigint;
    body    text;
    name    text;
BEGIN
    IF TG_OP <> 'INSERT' THEN was := to_jsonb(OLD); END IF;
    IF TG_OP <> 'DELETE' THEN becomes := to_jsonb(NEW); END IF;
    IF TG_OP = 'UPDATE' THEN
        touched := ARRAY(SELECT f.key FROM jsonb_each(becomes) AS f WHERE f.value IS DISTINCT FROM was -> f.key);
        IF touched <@ string_to_array(TG_ARGV[3], ',') THEN RETURN NULL; END IF;
    END IF;
    event := nextval('public.audit_event_id_seq');
    IF TG_ARGV[1] <> '' OR TG_ARGV[2] <> '' THEN
        was := public.audit_hide(event, was, '.old', string_to_array(TG_ARGV[1], ','), string_to_array(TG_ARGV[2], ','), touched);
        becomes := public.audit_hide(event, becomes, '.new', string_to_array(TG_ARGV[1], ','), string_to_array(TG_ARGV[2], ','), touched);
    END IF;
    IF TG_OP = 'UPDATE' THEN
        FOREACH name IN ARRAY touched LOOP
            body := concat(body || ',', to_json(name), ':[', was -> name, ',', becomes -> name, ']');
        END LOOP;
        body := '{' || body || '}';
    ELSE
        body := coalesce(becomes, was)::text;
    END IF;
    PERFORM public.audit_write(event, clock_timestamp(), lower(TG_OP), TG_TABLE_NAME, coalesce(becomes, was) ->> TG_ARGV[0],
                               touched, body);
    RETURN NULL;
END $$;

CREATE FUNCTION public.audit_record_truncate() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    PERFORM public.audit_write(nextval('public.audit_event_id_seq'), clock_timestamp(), 'truncate', TG_TABLE_NAME, '', NULL, '{}');
    RETURN NULL;
END $$;

-- What no trigger sees: reads, exports, sign-ins, refusals, batches. `personal` is {"field": "text"} and is kept as hashes.
CREATE FUNCTION public.audit_emit(
    kind text, table_name text, pk text, action text, reason text, detail text, personal text DEFAULT '{}'
) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    event  bigint := nextval('public.audit_event_id_seq');
    hidden jsonb := public.audit_hide(event, personal::jsonb, '', ARRAY(SELECT jsonb_object_keys(personal::jsonb)), '{}', NULL);
BEGIN
    IF kind IN ('insert', 'update', 'delete', 'truncate') THEN
        RAISE EXCEPTION 'An event of kind % is written by triggers only.', kind;
    END IF;
    RETURN public.audit_write(event, clock_timestamp(), kind, table_name, pk, NULL,
                              CASE WHEN hidden = '{}' THEN detail ELSE (detail::jsonb || hidden)::text END,
                              nullif(action, ''), nullif(reason, ''));
END $$;

-- Refusing -------------------------------------------------------------------------------------------------------------

CREATE FUNCTION public.audit_refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: its rows are only ever added. Record a correction as a new row.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

-- Attaching ------------------------------------------------------------------------------------------------------------
-- ENABLE ALWAYS: session_replication_role = replica switches ordinary triggers off for anyone who may set it.

CREATE FUNCTION public.audit_attach_refusal(target regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format('CREATE OR REPLACE TRIGGER audit_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON %s
                    FOR EACH STATEMENT EXECUTE FUNCTION public.audit_refuse()', target);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER audit_refuse', target);
END $$;

CREATE FUNCTION public.audit_attach(target regclass, key text, personal text, withheld text, ignored text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    missing text;
    args    text := format('(%L, %L, %L, %L)', key, personal, withheld, ignored);
BEGIN
    SELECT string_agg(name, ', ') INTO missing
      FROM unnest(string_to_array(concat_ws(',', key, nullif(personal, ''), nullif(withheld, ''), nullif(ignored, '')), ',')) AS name
     WHERE NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = target AND attname = name AND NOT attisdropped);
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'AuditTable(%): the table has no column %. Name its columns as the database does.', target, missing;
    END IF;
    IF EXISTS (SELECT FROM pg_partitioned_table WHERE partrelid = target) THEN
        RAISE EXCEPTION 'AuditTable(%): the table is partitioned, and its events would name partitions. Use AppendOnlyTable.', target;
    END IF;
    EXECUTE format('CREATE OR REPLACE TRIGGER audit_row AFTER INSERT OR DELETE ON %s
                    FOR EACH ROW EXECUTE FUNCTION public.audit_record_row', target) || args;
    -- No WHEN (OLD.* IS DISTINCT FROM NEW.*): preparing it costs a single save more than the call that it spares.
    EXECUTE format('CREATE OR REPLACE TRIGGER audit_update AFTER UPDATE ON %s
                    FOR EACH ROW EXECUTE FUNCTION public.%I', target,
                    CASE WHEN personal || withheld || ignored = '' THEN 'audit_record_update' ELSE 'audit_record_row' END) || args;
    EXECUTE format('CREATE OR REPLACE TRIGGER audit_truncate AFTER TRUNCATE ON %s
                    FOR EACH STATEMENT EXECUTE FUNCTION public.audit_record_truncate()', target);
    EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER audit_row, ENABLE ALWAYS TRIGGER audit_update,
                    ENABLE ALWAYS TRIGGER audit_truncate', target);
END $$;

CREATE FUNCTION public.audit_detach(target regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    part regclass;
    name text;
BEGIN
    FOR part, name IN
        SELECT t.tgrelid, t.tgname FROM pg_trigger t
         WHERE (t.tgrelid = target OR t.tgrelid IN (SELECT relid FROM pg_partition_tree(target)))
           AND t.tgparentid = 0 AND t.tgname IN ('audit_row', 'audit_update', 'audit_truncate', 'audit_refuse')
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', name, part);
    END LOOP;
END $$;

CREATE FUNCTION public.audit_append_only(target regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    part regclass;
BEGIN
    PERFORM public.audit_attach_refusal(target);
    FOR part IN SELECT relid FROM pg_partition_tree(target) WHERE relid <> target LOOP
        PERFORM public.audit_attach_refusal(part);
    END LOOP;
END $$;

SELECT public.audit_append_only('public.audit_event'), public.audit_append_only('public.audit_secret');
SELECT public.audit_ensure_month('public.audit_event', (date_trunc('month', now()) + make_interval(months => ahead))::date)
  FROM generate_series(0, 3) AS ahead;
