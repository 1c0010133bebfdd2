from django.db import migrations

from audit.operations import AuditTable

# ENABLE ALWAYS: a session that calls itself a replica is refused as well.
INDEPENDENCE = """
CREATE FUNCTION assurance_guard_finding() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    area bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Finding % is never removed.', OLD.reference USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.verified_at IS NOT NULL THEN
        RAISE EXCEPTION 'Finding % was verified and never changes.', OLD.reference USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.verified_by_id IS NULL THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' THEN
        RAISE EXCEPTION 'A finding is not verified as it is raised.' USING ERRCODE = 'restrict_violation';
    END IF;
    SELECT engagement.unit_id INTO area FROM public.assurance_engagement AS engagement WHERE engagement.id = NEW.engagement_id;
    -- What stood before the change counts as well: a new owner or doer does not make the old one independent.
    IF NEW.verified_by_id IN (NEW.owner_id, OLD.owner_id)
       OR NEW.verified_by_id IN (NEW.done_by_id, OLD.done_by_id)
       OR EXISTS (SELECT FROM public.assurance_auditunit_owners AS own
                   WHERE own.auditunit_id = area AND own.user_id = NEW.verified_by_id) THEN
        RAISE EXCEPTION 'Finding % is verified by somebody who owns neither the area nor the work.', NEW.reference
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.engagement_id <> OLD.engagement_id OR OLD.state <> 'done' THEN
        RAISE EXCEPTION 'Finding % is verified once its owner has said that it is done.', NEW.reference
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER verified_by_somebody_independent BEFORE INSERT OR UPDATE OR DELETE ON assurance_finding
    FOR EACH ROW EXECUTE FUNCTION assurance_guard_finding();
ALTER TABLE assurance_finding ENABLE ALWAYS TRIGGER verified_by_somebody_independent;

CREATE FUNCTION assurance_guard_engagement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM public.assurance_auditunit_owners AS own
                WHERE own.auditunit_id = NEW.unit_id AND own.user_id = NEW.lead_id) THEN
        RAISE EXCEPTION 'An audit is led by somebody who does not own the area.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.unit_id <> OLD.unit_id THEN
        RAISE EXCEPTION 'An audit stays with its area.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER led_by_somebody_independent BEFORE INSERT OR UPDATE ON assurance_engagement
    FOR EACH ROW EXECUTE FUNCTION assurance_guard_engagement();
ALTER TABLE assurance_engagement ENABLE ALWAYS TRIGGER led_by_somebody_independent;

CREATE TRIGGER sample_stays BEFORE UPDATE OR DELETE ON assurance_auditsample
    FOR EACH ROW EXECUTE FUNCTION risk_refuse_change();
ALTER TABLE assurance_auditsample ENABLE ALWAYS TRIGGER sample_stays;
"""
UNDO = """
DROP TRIGGER sample_stays ON assurance_auditsample;
DROP TRIGGER led_by_somebody_independent ON assurance_engagement;
DROP FUNCTION assurance_guard_engagement();
DROP TRIGGER verified_by_somebody_independent ON assurance_finding;
DROP FUNCTION assurance_guard_finding();
"""


class Migration(migrations.Migration):
    """Internal audit under the log; who verifies and who leads is held by the database, whoever writes."""

    dependencies = [("assurance", "0001_initial"), ("audit", "0001_initial")]
    operations = [
        AuditTable("assurance_auditunit"),
        AuditTable("assurance_auditunit_owners"),
        AuditTable("assurance_auditunit_risks"),
        AuditTable("assurance_engagement"),
        AuditTable("assurance_auditsample"),
        AuditTable("assurance_finding"),
        migrations.RunSQL(INDEPENDENCE, UNDO),
    ]
