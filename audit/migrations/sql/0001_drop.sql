DROP FUNCTION public.audit_append_only, public.audit_detach, public.audit_attach, public.audit_attach_refusal,
    public.audit_emit, public.audit_record_truncate, public.audit_record_row, public.audit_record_update, public.audit_hide, public.audit_write,
    public.audit_ensure_month;
DROP TABLE public.audit_secret, public.audit_event;
DROP FUNCTION public.audit_refuse;
