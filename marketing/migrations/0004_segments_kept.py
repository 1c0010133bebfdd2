from django.db import migrations

from audit.operations import AuditTable

# ENABLE ALWAYS: a session that calls itself a replica is refused as well.
KEPT = """
CREATE FUNCTION marketing_refuse_circle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Two uses written at once could each close the circle that the other opens: one at a time.
    PERFORM pg_advisory_xact_lock(hashtext('marketing_segmentuse'));
    IF EXISTS (
        WITH RECURSIVE below (id) AS (
            SELECT NEW.used_id
             UNION
            SELECT use.used_id FROM marketing_segmentuse AS use JOIN below ON use.segment_id = below.id
        )
        SELECT FROM below WHERE id = NEW.segment_id
    ) THEN
        RAISE EXCEPTION 'A segment does not contain itself, nor one that contains it.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER no_circle BEFORE INSERT OR UPDATE ON marketing_segmentuse
    FOR EACH ROW EXECUTE FUNCTION marketing_refuse_circle();
ALTER TABLE marketing_segmentuse ENABLE ALWAYS TRIGGER no_circle;

CREATE FUNCTION marketing_guard_rule() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What a rule said stays: write a new version.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER rule_stays BEFORE UPDATE OR DELETE ON marketing_segmentversion
    FOR EACH ROW EXECUTE FUNCTION marketing_guard_rule();
ALTER TABLE marketing_segmentversion ENABLE ALWAYS TRIGGER rule_stays;

CREATE FUNCTION marketing_guard_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'Who was in a segment stays written.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.left_at IS NOT NULL OR NEW.left_at IS NULL
       OR (NEW.segment_id, NEW.customer_id, NEW.entered_at) <> (OLD.segment_id, OLD.customer_id, OLD.entered_at) THEN
        RAISE EXCEPTION 'A member leaves once; nothing else of the row changes.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER member_stays BEFORE UPDATE OR DELETE ON marketing_segmentmember
    FOR EACH ROW EXECUTE FUNCTION marketing_guard_member();
ALTER TABLE marketing_segmentmember ENABLE ALWAYS TRIGGER member_stays;
"""
UNDO = """
DROP TRIGGER member_stays ON marketing_segmentmember;
DROP FUNCTION marketing_guard_member();
DROP TRIGGER rule_stays ON marketing_segmentversion;
DROP FUNCTION marketing_guard_rule();
DROP TRIGGER no_circle ON marketing_segmentuse;
DROP FUNCTION marketing_refuse_circle();
"""
PROGRESS = ["refreshed_at", "refreshed_on", "refreshed_as", "horizon_xid", "horizon_at", "portrait_round", "seen"]


class Migration(migrations.Migration):
    """Segments under the log; what a rule said and who was in stay written, and no segment contains itself."""

    dependencies = [("marketing", "0003_segments"), ("audit", "0001_initial")]
    operations = [
        migrations.RunSQL(KEPT, UNDO),
        AuditTable("marketing_segment", ignored=PROGRESS),
        AuditTable("marketing_segmentuse"),
        AuditTable("marketing_segmentversion"),
    ]
