from django.db import migrations

from audit.operations import AuditTable
from staff.operations import GuardedColumns, SeedPolicy

# ENABLE ALWAYS: a session that calls itself a replica is refused as well.
GUARDS = """
CREATE FUNCTION surveys_guard_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'published' THEN
        RAISE EXCEPTION 'Version % of questionnaire % was published and never changes: make a new version.',
            OLD.number, OLD.questionnaire_id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER published_version_never_changes BEFORE UPDATE OR DELETE ON surveys_questionnaireversion
    FOR EACH ROW EXECUTE FUNCTION surveys_guard_published();
ALTER TABLE surveys_questionnaireversion ENABLE ALWAYS TRIGGER published_version_never_changes;

CREATE FUNCTION surveys_guard_submitted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.submitted_at IS NOT NULL THEN
        RAISE EXCEPTION 'Response % was submitted: it is evidence and never changes.', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER submitted_response_never_changes BEFORE UPDATE OR DELETE ON surveys_response
    FOR EACH ROW EXECUTE FUNCTION surveys_guard_submitted();
ALTER TABLE surveys_response ENABLE ALWAYS TRIGGER submitted_response_never_changes;

-- What somebody said may be erased once its retention is over, and nothing else of it is ever touched.
CREATE FUNCTION surveys_guard_answer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    submitted timestamptz;
BEGIN
    SELECT r.submitted_at INTO submitted FROM public.surveys_response AS r
     WHERE r.id = COALESCE(NEW.response_id, OLD.response_id);
    IF submitted IS NULL THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.value IS NULL AND to_jsonb(NEW) - 'value' = to_jsonb(OLD) - 'value' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The answers of response % were submitted: they are evidence and never change.',
        COALESCE(NEW.response_id, OLD.response_id) USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER submitted_answer_never_changes BEFORE INSERT OR UPDATE OR DELETE ON surveys_answer
    FOR EACH ROW EXECUTE FUNCTION surveys_guard_answer();
ALTER TABLE surveys_answer ENABLE ALWAYS TRIGGER submitted_answer_never_changes;
"""
UNGUARD = """
DROP TRIGGER submitted_answer_never_changes ON surveys_answer;
DROP FUNCTION surveys_guard_answer();
DROP TRIGGER submitted_response_never_changes ON surveys_response;
DROP FUNCTION surveys_guard_submitted();
DROP TRIGGER published_version_never_changes ON surveys_questionnaireversion;
DROP FUNCTION surveys_guard_published();
"""


class Migration(migrations.Migration):
    """Questionnaires and answers under the log; what was published or handed in never changes."""

    dependencies = [("surveys", "0001_initial"), ("audit", "0001_initial"), ("staff", "0006_foureyes_guards")]
    operations = [
        AuditTable("surveys_questionnaire"),
        AuditTable("surveys_questionnaireversion"),
        AuditTable("surveys_invitation"),
        AuditTable("surveys_response"),
        AuditTable("surveys_answer", personal=["value"]),
        migrations.RunSQL(GUARDS, UNGUARD),
        SeedPolicy("surveys.version.publish", "surveys.check_questionnaireversion"),
        GuardedColumns("surveys_questionnaireversion", ["state"], command="surveys.version.publish"),
    ]
