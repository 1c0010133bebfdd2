DROP FUNCTION public.audit_retire_month, public.audit_redact, public.audit_may_redact, public.audit_horizon;
CREATE OR REPLACE TRIGGER audit_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON public.audit_secret
    FOR EACH STATEMENT EXECUTE FUNCTION public.audit_refuse();
ALTER TABLE public.audit_secret ENABLE ALWAYS TRIGGER audit_refuse;
DROP FUNCTION public.audit_refuse_secret;
DROP INDEX public.audit_event_xid;
DROP TABLE public.audit_retired_month, public.audit_era, public.audit_verification, public.audit_anchor_receipt,
    public.audit_checkpoint, public.audit_tile, public.audit_leaf;
DROP FUNCTION public.audit_leaf_hash, public.audit_leaf_text;
