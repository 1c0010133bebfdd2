from django.db import migrations

from audit.operations import AuditTable
from staff.operations import GuardedColumns, SeedPolicy

# One row: somebody in the audience of a policy.
AUDIENCE = """
CREATE VIEW governance_policyaudience AS
SELECT policy.id AS policy_id, person.id AS person_id
  FROM governance_policy AS policy
  JOIN staff_user AS person
    ON person.is_active
   AND (policy.line_id IS NULL OR person.business_lines = '{}' OR policy.line_id = ANY (person.business_lines))
 WHERE (policy.audience_roles = '{}'
        AND NOT EXISTS (SELECT FROM governance_policy_audience_teams AS named WHERE named.policy_id = policy.id))
    OR EXISTS (SELECT FROM staff_user_groups AS held JOIN auth_group AS role ON role.id = held.group_id
                WHERE held.user_id = person.id AND role.name = ANY (policy.audience_roles))
    OR EXISTS (SELECT FROM governance_policy_audience_teams AS named
                 JOIN staff_team_members AS member ON member.team_id = named.team_id
                WHERE named.policy_id = policy.id AND member.user_id = person.id);
"""
# ENABLE ALWAYS: a session that calls itself a replica is refused as well.
KEPT = """
CREATE FUNCTION governance_guard_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.effective_from IS NOT NULL THEN
        RAISE EXCEPTION 'A version begins as a draft.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP <> 'INSERT' AND OLD.effective_from IS NOT NULL THEN
        RAISE EXCEPTION 'Version % has its day and never changes.', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.policy_id <> OLD.policy_id OR NEW.number <> OLD.number) THEN
        RAISE EXCEPTION 'A version stays with its policy.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER version_stays BEFORE INSERT OR UPDATE OR DELETE ON governance_policyversion
    FOR EACH ROW EXECUTE FUNCTION governance_guard_version();
ALTER TABLE governance_policyversion ENABLE ALWAYS TRIGGER version_stays;

CREATE FUNCTION governance_guard_attestation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Confirmations are never removed.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.confirmed_at IS NOT NULL THEN
        RAISE EXCEPTION 'A confirmation stays as it was given.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.version_id <> OLD.version_id OR NEW.person_id <> OLD.person_id) THEN
        RAISE EXCEPTION 'A confirmation is of one person and one version.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.confirmed_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM public.governance_policyversion AS version
         WHERE version.id = NEW.version_id AND version.sha256 = NEW.sha256 AND version.effective_from IS NOT NULL) THEN
        RAISE EXCEPTION 'A confirmation binds the text of its version.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER attestation_stays BEFORE INSERT OR UPDATE OR DELETE ON governance_attestation
    FOR EACH ROW EXECUTE FUNCTION governance_guard_attestation();
ALTER TABLE governance_attestation ENABLE ALWAYS TRIGGER attestation_stays;
"""
UNDO = """
DROP TRIGGER attestation_stays ON governance_attestation;
DROP FUNCTION governance_guard_attestation();
DROP TRIGGER version_stays ON governance_policyversion;
DROP FUNCTION governance_guard_version();
"""


class Migration(migrations.Migration):
    """Policies under the log; a version in force and a confirmation stay as they are, whoever writes."""

    dependencies = [("governance", "0001_initial"), ("audit", "0001_initial"), ("staff", "0006_foureyes_guards")]
    operations = [
        migrations.RunSQL(AUDIENCE, "DROP VIEW governance_policyaudience;"),
        AuditTable("governance_policy"),
        AuditTable("governance_policy_risks"),
        AuditTable("governance_policy_controls"),
        AuditTable("governance_policy_audience_teams"),
        AuditTable("governance_policyversion"),
        AuditTable("governance_attestation"),
        migrations.RunSQL(KEPT, UNDO),
        SeedPolicy("governance.policy.in_force", "governance.check_policy"),
        GuardedColumns("governance_policyversion", ["effective_from"], command="governance.policy.in_force"),
    ]
