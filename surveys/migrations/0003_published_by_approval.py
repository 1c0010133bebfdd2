from django.db import migrations

# The guard of the state looks at updates; a row that is born published would pass it. Only the owner of the table may
# write one, aloud: the demo company.
GUARD = """
CREATE FUNCTION surveys_guard_birth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'draft' AND (
        nullif(current_setting('meridian.unguarded', true), '') IS NULL
        OR NOT pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER')
    ) THEN
        RAISE EXCEPTION 'A version of a questionnaire begins as a draft: it is published by an approved request.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER version_begins_as_a_draft BEFORE INSERT ON surveys_questionnaireversion
    FOR EACH ROW EXECUTE FUNCTION surveys_guard_birth();
ALTER TABLE surveys_questionnaireversion ENABLE ALWAYS TRIGGER version_begins_as_a_draft;
"""
UNGUARD = """
DROP TRIGGER version_begins_as_a_draft ON surveys_questionnaireversion;
DROP FUNCTION surveys_guard_birth();
"""


class Migration(migrations.Migration):
    """No version is published past the second pair of eyes, by inserting no more than by updating."""

    dependencies = [("surveys", "0002_log_and_guards")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
