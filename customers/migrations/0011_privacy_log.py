from django.db import migrations

from audit.operations import AuditTable

# Evidence may name somebody, so it may be emptied; nothing else of a consent ever changes. ENABLE ALWAYS: a session that
# calls itself a replica is refused as well.
GUARDS = """
CREATE FUNCTION customers_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is never changed or removed: add a new row instead.', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE FUNCTION customers_refuse_all_but_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.evidence = '' AND to_jsonb(NEW) - 'evidence' = to_jsonb(OLD) - 'evidence' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is never changed or removed: add a new row instead.', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER notice_stays BEFORE UPDATE OR DELETE ON customers_notice
    FOR EACH ROW EXECUTE FUNCTION customers_refuse_change();
ALTER TABLE customers_notice ENABLE ALWAYS TRIGGER notice_stays;
CREATE TRIGGER consent_stays BEFORE UPDATE OR DELETE ON customers_consent
    FOR EACH ROW EXECUTE FUNCTION customers_refuse_all_but_erasure();
ALTER TABLE customers_consent ENABLE ALWAYS TRIGGER consent_stays;
"""
REMOVE = """
DROP TRIGGER consent_stays ON customers_consent;
DROP TRIGGER notice_stays ON customers_notice;
DROP FUNCTION customers_refuse_all_but_erasure();
DROP FUNCTION customers_refuse_change();
"""


class Migration(migrations.Migration):
    """New tables under the log. What people write about customers, and whom they pay, is personal there too."""

    dependencies = [("customers", "0010_privacy"), ("audit", "0001_initial")]
    operations = [
        AuditTable("customers_privacyrule"),
        AuditTable("customers_calendarday"),
        AuditTable("customers_reveal", personal=["reason"]),
        AuditTable("customers_notice"),
        AuditTable("customers_consent", personal=["evidence"]),
        AuditTable("customers_privacyrequest", personal=["text", "proposed"]),
        AuditTable("customers_requestentry", personal=["text"]),
        AuditTable("customers_erasure"),
        AuditTable("customers_erasurepart"),
        AuditTable("customers_keyrotation", ignored=["done", "changed", "last_pk", "beat_at"]),
        AuditTable("customers_interaction", personal=["title", "text"]),
        AuditTable("customers_standingorder", personal=["payee_account", "purpose"]),
        migrations.RunSQL(GUARDS, REMOVE),
    ]
