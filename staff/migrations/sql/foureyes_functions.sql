-- Four eyes, held by the database. Requests and approvals cannot be forged in one step, changed, or deleted; guarded columns
-- can be written only by the transaction that carries out an approved request, and only with the values that were approved.

-- Requests ---------------------------------------------------------------------------------------------------------------

-- How many approvals a policy asks for at an amount. An amount that is not known counts as the largest.
CREATE FUNCTION public.staff_approvals_needed(policy public.staff_changepolicy, amount numeric) RETURNS integer
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT greatest(policy.approvals, max((band ->> 'approvals')::integer) FILTER (
               WHERE amount IS NULL OR amount >= (band ->> 'from')::numeric))
      FROM (SELECT) AS one LEFT JOIN jsonb_array_elements(policy.bands) AS band ON true
$$;

CREATE FUNCTION public.staff_check_new_request() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    policy public.staff_changepolicy;
BEGIN
    IF (NEW.state, NEW.executed_xid, NEW.executed_at, NEW.decided_at, NEW.reviewed_by_id, NEW.reviewed_at)
       IS DISTINCT FROM ('pending', NULL::bigint, NULL::timestamptz, NULL::timestamptz, NULL::bigint, NULL::timestamptz) THEN
        RAISE EXCEPTION 'A change request begins as pending: nothing about it is decided yet.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.hash <> encode(sha256(convert_to(
           '{"arguments":' || NEW.arguments || ',"command":"' || NEW.command || '","writes":' || NEW.writes || '}', 'UTF8')), 'hex') THEN
        RAISE EXCEPTION 'The hash of the change request is not that of what it says.' USING ERRCODE = 'check_violation';
    END IF;
    SELECT p.* INTO policy FROM public.staff_changepolicy AS p
     WHERE p.command = NEW.command AND p.starts_at <= greatest(NEW.created_at, clock_timestamp())
     ORDER BY p.starts_at DESC LIMIT 1;
    IF policy.id IS DISTINCT FROM NEW.policy_id
       OR NEW.approvals_needed < public.staff_approvals_needed(policy, NEW.amount)
       OR NEW.expires_at > NEW.created_at + make_interval(hours => policy.expiry_hours)
       OR (NEW.break_glass AND NOT policy.break_glass) THEN
        RAISE EXCEPTION 'The change request asks for less than the policy in force for % does.', NEW.command
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

-- What was asked for never changes; a state follows from another one; an approval is counted, not claimed.
CREATE FUNCTION public.staff_check_request() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    free  text[] := '{state,reminded_at,escalated_at,decided_at,executed_at,executed_xid,result,error,reviewed_by_id,reviewed_at,review_verdict,review_comment}';
    voted integer;
    against integer;
BEGIN
    IF to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
        RAISE EXCEPTION 'Change request % is refused: what was asked for never changes. Withdraw it and ask anew.', OLD.id
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (OLD.state, NEW.state) NOT IN (
           ('pending', 'pending'), ('pending', 'approved'), ('pending', 'refused'), ('pending', 'withdrawn'), ('pending', 'expired'),
           ('approved', 'approved'), ('approved', 'executed'), ('approved', 'stale'), ('approved', 'failed'), ('approved', 'expired'),
           ('approved', 'withdrawn')) AND OLD.state <> NEW.state THEN
        RAISE EXCEPTION 'A change request does not go from % to %.', OLD.state, NEW.state USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF OLD.state = 'pending' AND NEW.state = 'approved' AND NOT NEW.break_glass THEN
        SELECT count(*) FILTER (WHERE verdict = 'approve'), count(*) FILTER (WHERE verdict = 'refuse') INTO voted, against
          FROM public.staff_approval WHERE request_id = NEW.id;
        IF voted < NEW.approvals_needed OR against > 0 THEN
            RAISE EXCEPTION 'Change request % has % of % approvals.', NEW.id, voted, NEW.approvals_needed
                USING ERRCODE = 'insufficient_privilege';
        END IF;
    END IF;
    IF NEW.state = 'executed' AND OLD.state <> 'executed' THEN
        IF NEW.expires_at <= clock_timestamp() THEN
            RAISE EXCEPTION 'Change request % has expired.', NEW.id USING ERRCODE = 'insufficient_privilege';
        END IF;
        NEW.executed_xid := txid_current();
    ELSIF NEW.executed_xid IS DISTINCT FROM OLD.executed_xid THEN
        RAISE EXCEPTION 'Which transaction carried out change request % is said by the database alone.', NEW.id
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- What is over stays as it is, but for the result, which its own transaction writes, and the review after a broken glass.
    IF OLD.state NOT IN ('pending', 'approved')
       AND (NEW.executed_at, NEW.decided_at, NEW.error) IS DISTINCT FROM (OLD.executed_at, OLD.decided_at, OLD.error)
       OR (NEW.result <> OLD.result AND NEW.executed_xid IS DISTINCT FROM txid_current()) THEN
        RAISE EXCEPTION 'Change request % is over: nothing about it changes.', OLD.id USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (NEW.reviewed_by_id, NEW.reviewed_at, NEW.review_verdict, NEW.review_comment)
       IS DISTINCT FROM (OLD.reviewed_by_id, OLD.reviewed_at, OLD.review_verdict, OLD.review_comment) THEN
        IF NOT OLD.break_glass OR OLD.state <> 'executed' OR OLD.reviewed_at IS NOT NULL
           OR NEW.reviewed_at IS NULL OR NEW.reviewed_by_id IS NULL OR NEW.review_verdict = '' THEN
            RAISE EXCEPTION 'A review closes once, by a named person, what was done at once.' USING ERRCODE = 'insufficient_privilege';
        END IF;
    END IF;
    RETURN NEW;
END $$;

-- Approvals --------------------------------------------------------------------------------------------------------------

-- An approval is of a request that waits, and of exactly what that request says. The request is locked, so that two checkers
-- count one after the other.
CREATE FUNCTION public.staff_check_approval() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    asked public.staff_changerequest;
BEGIN
    SELECT r.* INTO asked FROM public.staff_changerequest AS r WHERE r.id = NEW.request_id FOR UPDATE;
    IF asked.state IS DISTINCT FROM 'pending' OR asked.expires_at <= clock_timestamp() THEN
        RAISE EXCEPTION 'Change request % is not waiting for approvals.', NEW.request_id USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.hash <> asked.hash THEN
        RAISE EXCEPTION 'The approval is of something else than change request % says.', NEW.request_id
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION public.staff_refuse() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: requests, approvals and policies stay.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;

-- Guards -----------------------------------------------------------------------------------------------------------------

-- Whether a row holds what was approved. Numbers are approved as text, because canonical JSON has no decimals.
CREATE FUNCTION public.staff_same(held jsonb, approved jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(held = approved
        OR CASE WHEN jsonb_typeof(held) = 'number' AND jsonb_typeof(approved) = 'string'
                THEN (held #>> '{}')::numeric = (approved #>> '{}')::numeric END, false)
$$;

-- The guard of a table. Arguments: commands that may write, guarded columns (both comma-separated), the key column, and the
-- column that names whose row it is, if people may write their own. It runs after the write, on what really stands there.
CREATE FUNCTION public.staff_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $$
DECLARE
    was     jsonb;
    becomes jsonb;
    touched text[] := string_to_array(TG_ARGV[1], ',');
    why     text   := nullif(current_setting('meridian.unguarded', true), '');
BEGIN
    IF TG_OP <> 'INSERT' THEN was := to_jsonb(OLD); END IF;
    IF TG_OP <> 'DELETE' THEN becomes := to_jsonb(NEW); END IF;
    IF TG_OP = 'UPDATE' THEN
        touched := ARRAY(SELECT name FROM unnest(touched) AS name WHERE was -> name IS DISTINCT FROM becomes -> name);
        IF touched = '{}' THEN RETURN NULL; END IF;
    END IF;
    IF TG_ARGV[3] <> '' AND coalesce(becomes, was) ->> TG_ARGV[3]
                            = nullif(current_setting('audit.ctx', true), '')::jsonb ->> 'actor' THEN
        RETURN NULL;
    END IF;
    IF EXISTS (
        SELECT FROM public.staff_changerequest AS r, jsonb_array_elements(r.writes::jsonb) AS w
         WHERE r.id = nullif(current_setting('audit.approval', true), '')::bigint
           AND r.state = 'executed' AND r.executed_xid = txid_current()
           AND r.command = ANY (string_to_array(TG_ARGV[0], ','))
           AND w ->> 'table' = TG_TABLE_NAME AND w ->> 'on' = lower(TG_OP)
           AND coalesce(was, becomes) @> (w -> 'key')
           AND (TG_OP = 'DELETE' OR NOT EXISTS (
                   SELECT FROM unnest(touched) AS name WHERE NOT public.staff_same(becomes -> name, w -> 'values' -> name)))) THEN
        RETURN NULL;
    END IF;
    -- The owner of the table may lift the guard, aloud: migrations, the demo company, an operator who was locked out.
    IF why IS NULL OR NOT pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        why := public.staff_founding(TG_TABLE_NAME, TG_OP, becomes);
    END IF;
    IF why IS NULL THEN
        RAISE EXCEPTION '% of % (%) is refused: it needs an approved change request for exactly these values.',
            TG_OP, TG_TABLE_NAME, array_to_string(touched, ', ') USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO public.staff_guardlift (at, table_name, record, operation, why, db_user)
    VALUES (clock_timestamp(), TG_TABLE_NAME, coalesce(coalesce(becomes, was) ->> TG_ARGV[2], ''), lower(TG_OP), why, session_user);
    RETURN NULL;
END $$;

-- Why roles may be given without an approval: there are not yet two administrators, who could approve each other's requests.
-- Everybody who ever was one counts, active or not, so that switching accounts off opens nothing.
CREATE FUNCTION public.staff_founding(table_name text, operation text, becomes jsonb) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT 'founding: fewer than two administrators'
     WHERE table_name = 'staff_user_groups' AND operation = 'INSERT'
       AND (SELECT count(*) FROM public.staff_user_groups AS m JOIN public.auth_group AS g ON g.id = m.group_id
             WHERE g.name = 'administrator' AND m.user_id <> (becomes ->> 'user_id')::bigint) < 2
$$;

-- A role is the name of a group: whoever renamed one would give its permissions to all who are in it.
CREATE FUNCTION public.staff_roles_stay() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    roles text[] := '{service,service_lead,product,marketing,risk,compliance,internal_audit,management,administrator}';
BEGIN
    IF (OLD.name = ANY (roles) OR (TG_OP = 'UPDATE' AND NEW.name = ANY (roles)))
       AND (TG_OP = 'DELETE' OR NEW.name <> OLD.name) THEN
        RAISE EXCEPTION '% of the role % is refused: roles are made by migrations.', TG_OP, OLD.name
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION public.staff_attach_guard(
    target regclass, events text, commands text, columns text, key text, own text
) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    missing text;
    event   text;
BEGIN
    SELECT string_agg(name, ', ') INTO missing
      FROM unnest(string_to_array(concat_ws(',', columns, key, nullif(own, '')), ',')) AS name
     WHERE NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = target AND attname = name AND NOT attisdropped);
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'GuardedColumns(%): the table has no column %. Name its columns as the database does.', target, missing;
    END IF;
    FOREACH event IN ARRAY string_to_array(events, ',') LOOP
        -- Statement order does not matter: it runs after every change of the row, and what it refuses is undone.
        EXECUTE format('CREATE OR REPLACE TRIGGER %I AFTER %s ON %s FOR EACH ROW EXECUTE FUNCTION public.staff_guard(%L, %L, %L, %L)',
                       'staff_guard_' || event, upper(event), target, commands, columns, key, own);
        EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', target, 'staff_guard_' || event);
    END LOOP;
END $$;

CREATE FUNCTION public.staff_detach_guard(target regclass, events text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    event text;
BEGIN
    FOREACH event IN ARRAY string_to_array(events, ',') LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS %I ON %s', 'staff_guard_' || event, target);
    END LOOP;
END $$;

-- Attached ---------------------------------------------------------------------------------------------------------------

-- An approval names its request and that request's maker together.
ALTER TABLE public.staff_approval ADD CONSTRAINT approval_of_the_makers_request
    FOREIGN KEY (request_id, maker_id) REFERENCES public.staff_changerequest (id, maker_id);

CREATE TRIGGER staff_check_new BEFORE INSERT ON public.staff_changerequest
    FOR EACH ROW EXECUTE FUNCTION public.staff_check_new_request();
CREATE TRIGGER staff_check BEFORE UPDATE ON public.staff_changerequest
    FOR EACH ROW EXECUTE FUNCTION public.staff_check_request();
CREATE TRIGGER staff_check BEFORE INSERT ON public.staff_approval
    FOR EACH ROW EXECUTE FUNCTION public.staff_check_approval();
CREATE TRIGGER staff_refuse BEFORE DELETE OR TRUNCATE ON public.staff_changerequest
    FOR EACH STATEMENT EXECUTE FUNCTION public.staff_refuse();
CREATE TRIGGER staff_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON public.staff_approval
    FOR EACH STATEMENT EXECUTE FUNCTION public.staff_refuse();
CREATE TRIGGER staff_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON public.staff_changepolicy
    FOR EACH STATEMENT EXECUTE FUNCTION public.staff_refuse();
CREATE TRIGGER staff_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON public.staff_guardlift
    FOR EACH STATEMENT EXECUTE FUNCTION public.staff_refuse();
ALTER TABLE public.staff_changerequest ENABLE ALWAYS TRIGGER staff_check_new, ENABLE ALWAYS TRIGGER staff_check, ENABLE ALWAYS TRIGGER staff_refuse;
ALTER TABLE public.staff_approval ENABLE ALWAYS TRIGGER staff_check, ENABLE ALWAYS TRIGGER staff_refuse;
ALTER TABLE public.staff_changepolicy ENABLE ALWAYS TRIGGER staff_refuse;
ALTER TABLE public.staff_guardlift ENABLE ALWAYS TRIGGER staff_refuse;
CREATE TRIGGER staff_roles_stay AFTER UPDATE OR DELETE ON public.auth_group
    FOR EACH ROW EXECUTE FUNCTION public.staff_roles_stay();
ALTER TABLE public.auth_group ENABLE ALWAYS TRIGGER staff_roles_stay;
