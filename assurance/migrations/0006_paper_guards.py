from django.db import migrations

from audit.operations import AuditTable

GUARDS = """
CREATE FUNCTION assurance_owns_area(person bigint, audit bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM public.assurance_engagement AS engagement
                     JOIN public.assurance_auditunit_owners AS own ON own.auditunit_id = engagement.unit_id
                    WHERE engagement.id = audit AND own.user_id = person)
$$;

CREATE FUNCTION assurance_guard_paper() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A working paper is never removed.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' AND NEW.reviewed_at IS NOT NULL THEN
        RAISE EXCEPTION 'A working paper is not reviewed as it is written.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (OLD.reviewed_at IS NOT NULL OR NEW.prepared_by_id <> OLD.prepared_by_id
                             OR NEW.engagement_id <> OLD.engagement_id) THEN
        RAISE EXCEPTION 'A reviewed working paper never changes, and who prepared one stays.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.reviewed_by_id = NEW.prepared_by_id THEN
        RAISE EXCEPTION 'Somebody else reviews a working paper.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (TG_OP = 'INSERT' AND public.assurance_owns_area(NEW.prepared_by_id, NEW.engagement_id))
       OR public.assurance_owns_area(NEW.reviewed_by_id, NEW.engagement_id) THEN
        RAISE EXCEPTION 'Who owns the area neither prepares nor reviews a working paper of it.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER prepared_and_reviewed_by_two BEFORE INSERT OR UPDATE OR DELETE ON assurance_workingpaper
    FOR EACH ROW EXECUTE FUNCTION assurance_guard_paper();
ALTER TABLE assurance_workingpaper ENABLE ALWAYS TRIGGER prepared_and_reviewed_by_two;

CREATE FUNCTION assurance_of_an_open_paper() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM public.assurance_workingpaper AS paper
                WHERE paper.reviewed_at IS NOT NULL AND (TG_OP <> 'INSERT' AND paper.id = OLD.paper_id
                                                         OR TG_OP <> 'DELETE' AND paper.id = NEW.paper_id)) THEN
        RAISE EXCEPTION 'The working paper was reviewed: what belongs to it stays.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER tick_of_an_open_paper BEFORE INSERT OR UPDATE OR DELETE ON assurance_tick
    FOR EACH ROW EXECUTE FUNCTION assurance_of_an_open_paper();
ALTER TABLE assurance_tick ENABLE ALWAYS TRIGGER tick_of_an_open_paper;
CREATE TRIGGER file_of_an_open_paper BEFORE INSERT ON assurance_paperevidence
    FOR EACH ROW EXECUTE FUNCTION assurance_of_an_open_paper();
ALTER TABLE assurance_paperevidence ENABLE ALWAYS TRIGGER file_of_an_open_paper;
CREATE TRIGGER row_stays BEFORE UPDATE OR DELETE ON assurance_paperevidence
    FOR EACH ROW EXECUTE FUNCTION risk_refuse_change();
ALTER TABLE assurance_paperevidence ENABLE ALWAYS TRIGGER row_stays;

CREATE FUNCTION assurance_guard_closing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'closed' AND EXISTS (SELECT FROM public.assurance_workingpaper AS paper
                                         WHERE paper.engagement_id = NEW.id AND paper.reviewed_at IS NULL) THEN
        RAISE EXCEPTION 'Audit % has working papers that are not reviewed.', NEW.reference
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER closed_once_reviewed BEFORE UPDATE ON assurance_engagement
    FOR EACH ROW EXECUTE FUNCTION assurance_guard_closing();
ALTER TABLE assurance_engagement ENABLE ALWAYS TRIGGER closed_once_reviewed;
"""
UNDO = """
DROP TRIGGER closed_once_reviewed ON assurance_engagement;
DROP FUNCTION assurance_guard_closing();
DROP TRIGGER row_stays ON assurance_paperevidence;
DROP TRIGGER file_of_an_open_paper ON assurance_paperevidence;
DROP TRIGGER tick_of_an_open_paper ON assurance_tick;
DROP FUNCTION assurance_of_an_open_paper();
DROP TRIGGER prepared_and_reviewed_by_two ON assurance_workingpaper;
DROP FUNCTION assurance_guard_paper();
DROP FUNCTION assurance_owns_area(bigint, bigint);
"""


class Migration(migrations.Migration):
    """Working papers under the log; that two people make one, and that a reviewed one stays, is held by the database."""

    dependencies = [("assurance", "0005_working_papers"), ("audit", "0001_initial")]
    operations = [
        AuditTable("assurance_workingpaper"),
        AuditTable("assurance_paperevidence"),
        AuditTable("assurance_tick"),
        AuditTable("assurance_programmestep"),
        migrations.RunSQL(GUARDS, UNDO),
    ]
