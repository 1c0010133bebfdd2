from django.db import migrations

from audit.operations import AuditTable

# ENABLE ALWAYS: a session that calls itself a replica is refused as well.
GUARDS = """
CREATE TRIGGER version_stays BEFORE UPDATE OR DELETE ON identification_processmapversion
    FOR EACH ROW EXECUTE FUNCTION risk_refuse_change();
ALTER TABLE identification_processmapversion ENABLE ALWAYS TRIGGER version_stays;
CREATE TRIGGER element_stays BEFORE UPDATE OR DELETE ON identification_mapelement
    FOR EACH ROW EXECUTE FUNCTION risk_refuse_change();
ALTER TABLE identification_mapelement ENABLE ALWAYS TRIGGER element_stays;

CREATE FUNCTION identification_guard_map() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Map % is never removed.', OLD.reference USING ERRCODE = 'restrict_violation';
    END IF;
    IF EXISTS (SELECT FROM public.identification_processmapversion AS version
                WHERE version.id IN (NEW.current_id, NEW.in_force_id) AND version.process_map_id <> NEW.id) THEN
        RAISE EXCEPTION 'Map % shows drawings of its own.', NEW.reference USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER map_stays BEFORE INSERT OR UPDATE OR DELETE ON identification_processmap
    FOR EACH ROW EXECUTE FUNCTION identification_guard_map();
ALTER TABLE identification_processmap ENABLE ALWAYS TRIGGER map_stays;

-- What stands on a step is taken off once, and changes in nothing else.
CREATE FUNCTION identification_guard_attached() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'What stood on a step is taken off with a reason, never removed.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.taken_off_at IS NOT NULL
       OR to_jsonb(NEW) - '{taken_off_at,taken_off_by_id,reason}'::text[]
          <> to_jsonb(OLD) - '{taken_off_at,taken_off_by_id,reason}'::text[] THEN
        RAISE EXCEPTION 'What stands on a step is taken off once, and changes in nothing else.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER attached_stays BEFORE UPDATE OR DELETE ON identification_elementrisk
    FOR EACH ROW EXECUTE FUNCTION identification_guard_attached();
ALTER TABLE identification_elementrisk ENABLE ALWAYS TRIGGER attached_stays;
CREATE TRIGGER attached_stays BEFORE UPDATE OR DELETE ON identification_elementcontrol
    FOR EACH ROW EXECUTE FUNCTION identification_guard_attached();
ALTER TABLE identification_elementcontrol ENABLE ALWAYS TRIGGER attached_stays;
"""
UNDO = """
DROP TRIGGER attached_stays ON identification_elementcontrol;
DROP TRIGGER attached_stays ON identification_elementrisk;
DROP FUNCTION identification_guard_attached();
DROP TRIGGER map_stays ON identification_processmap;
DROP FUNCTION identification_guard_map();
DROP TRIGGER element_stays ON identification_mapelement;
DROP TRIGGER version_stays ON identification_processmapversion;
"""


class Migration(migrations.Migration):
    """Process maps under the log; drawings never change, and what stood on a step leaves a trace."""

    dependencies = [("identification", "0009_process_maps"), ("audit", "0001_initial"), ("risk", "0004_guards")]
    operations = [
        AuditTable("identification_processmap"),
        AuditTable("identification_processmapversion", withheld=["bpmn_xml"]),
        AuditTable("identification_elementrisk"),
        AuditTable("identification_elementcontrol"),
        migrations.RunSQL(GUARDS, UNDO),
    ]
