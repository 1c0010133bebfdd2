from django.db import migrations

from audit.operations import AuditTable
from staff.operations import GuardedColumns, SeedPolicy

GUARDS = """
CREATE FUNCTION assurance_guard_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.agreed THEN
            RAISE EXCEPTION 'A plan begins as a draft.' USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.agreed OR TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Audit plan % v% stays: write a new version instead.', OLD.year, OLD.version
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agreed_plan_stays BEFORE INSERT OR UPDATE OR DELETE ON assurance_auditplan
    FOR EACH ROW EXECUTE FUNCTION assurance_guard_plan();
ALTER TABLE assurance_auditplan ENABLE ALWAYS TRIGGER agreed_plan_stays;

CREATE FUNCTION assurance_guard_plan_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM public.assurance_auditplan AS plan
                WHERE plan.agreed AND (TG_OP <> 'INSERT' AND plan.id = OLD.plan_id
                                       OR TG_OP <> 'DELETE' AND plan.id = NEW.plan_id)) THEN
        RAISE EXCEPTION 'The plan is agreed: write a new version instead.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    IF EXISTS (SELECT FROM public.assurance_auditunit_owners AS own
                WHERE own.auditunit_id = NEW.unit_id AND own.user_id = NEW.lead_id) THEN
        RAISE EXCEPTION 'An audit is led by somebody who does not own the area.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER line_of_a_draft BEFORE INSERT OR UPDATE OR DELETE ON assurance_auditplanline
    FOR EACH ROW EXECUTE FUNCTION assurance_guard_plan_line();
ALTER TABLE assurance_auditplanline ENABLE ALWAYS TRIGGER line_of_a_draft;
"""
UNDO = """
DROP TRIGGER line_of_a_draft ON assurance_auditplanline;
DROP FUNCTION assurance_guard_plan_line();
DROP TRIGGER agreed_plan_stays ON assurance_auditplan;
DROP FUNCTION assurance_guard_plan();
"""


class Migration(migrations.Migration):
    """Plans under the log and under four eyes; who leads, and that an agreed plan stays, is held by the database."""

    dependencies = [
        ("assurance", "0003_audit_plans"),
        ("audit", "0001_initial"),
        ("staff", "0006_foureyes_guards"),
    ]
    operations = [
        AuditTable("assurance_auditplan"),
        AuditTable("assurance_auditplanline"),
        migrations.RunSQL(GUARDS, UNDO),
        SeedPolicy("assurance.plan.in_force", "assurance.check_auditplan"),
        GuardedColumns("assurance_auditplan", ["agreed"], command="assurance.plan.in_force"),
    ]
