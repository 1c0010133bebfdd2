-- Sealing --------------------------------------------------------------------------------------------------------------

-- The horizon: below this number every transaction of this database is over. Those of other databases on the same server write
-- nothing here, so a long one there holds nothing up; one that cannot be told apart counts as ours.
CREATE FUNCTION public.audit_horizon() RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT coalesce(min(running.xid), pg_snapshot_xmax(pg_current_snapshot())::text::bigint)
      FROM (SELECT xip::text::bigint AS xid FROM pg_snapshot_xip(pg_current_snapshot()) AS xip) AS running
     WHERE NOT EXISTS (SELECT FROM pg_stat_activity AS a
                        WHERE a.backend_xid::text::bigint = running.xid & 4294967295 AND a.datname <> current_database())
$$;

-- Erasing --------------------------------------------------------------------------------------------------------------

-- Plain texts go under an approved request only, and by the two functions below only: they say so for their transaction,
-- and they run as the owner, which the application is not.
CREATE FUNCTION public.audit_refuse_secret() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('audit.erasing', true) = txid_current()::text
       AND pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% on % is refused: its rows are only ever added. Erase plain texts under an approved request, with audit_redact.',
        TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE OR REPLACE TRIGGER audit_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON public.audit_secret
    FOR EACH STATEMENT EXECUTE FUNCTION public.audit_refuse_secret();
ALTER TABLE public.audit_secret ENABLE ALWAYS TRIGGER audit_refuse;

-- Whether an approval covers erasing the plain texts of a record. The room that erases people replaces this by what it knows of
-- approvals (customers/migrations/0016_redaction_by_approval.py): the log knows no other room.
CREATE FUNCTION public.audit_may_redact(record_table text, record_pk text, approval bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT approval > 0 $$;

-- Erase the plain texts and salts behind every event of one record, and say so in an event of its own; return how many
-- texts went. The events, their hashes and every proof stand.
CREATE FUNCTION public.audit_redact(record_table text, record_pk text, approval bigint, why text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    gone bigint;
BEGIN
    IF public.audit_may_redact(record_table, record_pk, approval) IS NOT TRUE THEN
        RAISE EXCEPTION 'Plain texts of % % are erased under an approved request only: name it.', record_table, record_pk
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM set_config('audit.erasing', txid_current()::text, true);
    DELETE FROM public.audit_secret AS s USING public.audit_event AS e
     WHERE e.table_name = record_table AND e.pk = record_pk AND s.event_id = e.id;
    GET DIAGNOSTICS gone = ROW_COUNT;
    PERFORM set_config('audit.erasing', '', true), set_config('audit.approval', approval::text, true);
    PERFORM public.audit_write(nextval('public.audit_event_id_seq'), clock_timestamp(), 'redact', record_table, record_pk, NULL,
                               json_build_object('texts', gone)::text, NULL, why);
    RETURN gone;
END $$;

-- Drop a month that was exported: its partition and the plain texts behind it. Refuses while an event of it is not sealed.
CREATE FUNCTION public.audit_retire_month(month date, bundle_digest text, bundle_folder text, moment timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    part     regclass := to_regclass('public.audit_event_y' || to_char(month, 'FMYYYY"m"MM'));
    unsealed bigint;
    events   bigint;
    first    bigint;
    last     bigint;
BEGIN
    IF part IS NULL OR month <> date_trunc('month', month)::date THEN
        RAISE EXCEPTION 'The log has no month that begins on %.', month;
    END IF;
    EXECUTE format('SELECT count(*), count(*) FILTER (WHERE l.index IS NULL), min(l.index), max(l.index)
                      FROM %s AS e LEFT JOIN public.audit_leaf AS l ON l.event_id = e.id', part)
       INTO events, unsealed, first, last;
    IF unsealed > 0 THEN
        RAISE EXCEPTION '% events of % are not sealed yet: seal them first.', unsealed, part;
    END IF;
    PERFORM set_config('audit.erasing', txid_current()::text, true);
    EXECUTE format('DELETE FROM public.audit_secret AS s USING %s AS e WHERE s.event_id = e.id', part);
    PERFORM set_config('audit.erasing', '', true);
    EXECUTE format('DROP TABLE %s', part);
    INSERT INTO public.audit_retired_month VALUES (month, first, last, events, bundle_digest, bundle_folder, moment);
    PERFORM public.audit_write(nextval('public.audit_event_id_seq'), clock_timestamp(), 'batch', 'audit_event', to_char(month, 'YYYY-MM'),
                               NULL, json_build_object('rows', events, 'digest', bundle_digest, 'first', first, 'last', last)::text,
                               'audit.month.retired');
    RETURN events;
END $$;

REVOKE ALL ON FUNCTION public.audit_redact, public.audit_retire_month FROM PUBLIC;
