from django.db import migrations

from audit.operations import AuditTable
from staff.operations import GuardedColumns, SeedPolicy

# ENABLE ALWAYS: a session that calls itself a replica is refused as well.
GUARDS = """
CREATE FUNCTION assessment_guard_assessment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state IN ('void', 'replaced', 'withdrawn') THEN
        RAISE EXCEPTION 'Assessment % is never removed, and never changed once it has ended.', OLD.reference
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.risk_id <> OLD.risk_id OR OLD.state <> 'draft' AND
       (NEW.matrix_id, NEW.novelty, NEW.data, NEW.facts, NEW.proposed, NEW.methods, NEW.departure)
       IS DISTINCT FROM (OLD.matrix_id, OLD.novelty, OLD.data, OLD.facts, OLD.proposed, OLD.methods, OLD.departure)
    THEN
        RAISE EXCEPTION 'What assessment % says is not changed once it is decided.', OLD.reference
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state = 'approved' AND (NEW.state NOT IN ('approved', 'void', 'replaced') OR
       (NEW.content_hash, NEW.decided_by_id, NEW.approved_by_id, NEW.approved_at)
       IS DISTINCT FROM (OLD.content_hash, OLD.decided_by_id, OLD.approved_by_id, OLD.approved_at)) THEN
        RAISE EXCEPTION 'Assessment % is approved: it is voided or replaced, never changed.', OLD.reference
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = 'approved' AND OLD.state <> 'approved' AND (OLD.state <> 'decided'
       OR NEW.content_hash <> OLD.content_hash OR NEW.decided_by_id <> OLD.decided_by_id
       OR NEW.approved_by_id = (SELECT owner_id FROM public.risk_risk WHERE id = NEW.risk_id)) THEN
        RAISE EXCEPTION 'Assessment % is approved as it was decided, by somebody who does not own the risk.', OLD.reference
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER assessment_is_kept BEFORE UPDATE OR DELETE ON assessment_assessment
    FOR EACH ROW EXECUTE FUNCTION assessment_guard_assessment();
ALTER TABLE assessment_assessment ENABLE ALWAYS TRIGGER assessment_is_kept;

CREATE FUNCTION assessment_guard_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    parent bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.assessment_id ELSE NEW.assessment_id END;
    stands text;
BEGIN
    -- FOR SHARE: what is written waits for a decision that is being made, or the decision for it.
    SELECT state INTO stands FROM public.assessment_assessment WHERE id = parent FOR SHARE;
    IF TG_TABLE_NAME = 'assessment_assessedrating' AND TG_OP = 'UPDATE' AND stands = 'decided' THEN
        IF to_jsonb(NEW) - 'rating_id' = to_jsonb(OLD) - 'rating_id' AND OLD.rating_id IS NULL THEN
            RETURN NEW;
        END IF;
    END IF;
    IF stands <> 'draft' OR TG_OP = 'UPDATE' AND NEW.assessment_id <> OLD.assessment_id THEN
        RAISE EXCEPTION 'The assessment is decided: what it rests on does not change any more.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION assessment_void(risks bigint[], because text) RETURNS void LANGUAGE sql AS $$
    UPDATE public.assessment_assessment SET state = 'void', void_because = because, ended_at = now()
    WHERE risk_id = ANY (risks) AND state = 'approved'
$$;
CREATE FUNCTION assessment_void_by_risk() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM public.assessment_void(ARRAY[NEW.id], 'risk');
    RETURN NULL;
END $$;
CREATE TRIGGER changed_risk_voids_its_approval AFTER UPDATE ON risk_risk FOR EACH ROW
    WHEN ((OLD.title, OLD.risk_class, OLD.subclass_id, OLD.description, OLD.causes, OLD.consequences, OLD.line_id)
        IS DISTINCT FROM (NEW.title, NEW.risk_class, NEW.subclass_id, NEW.description, NEW.causes, NEW.consequences, NEW.line_id))
    EXECUTE FUNCTION assessment_void_by_risk();
ALTER TABLE risk_risk ENABLE ALWAYS TRIGGER changed_risk_voids_its_approval;

-- A new matrix says ratings again by an agreed mapping: that is no new judgement. Approving replaces first, then rates.
CREATE FUNCTION assessment_void_by_rating() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM public.risk_riskrating AS given
        WHERE given.basis <> 'mapping'
          AND (given.id = NEW.inherent_id AND NEW.inherent_id IS DISTINCT FROM OLD.inherent_id
               OR given.id = NEW.residual_id AND NEW.residual_id IS DISTINCT FROM OLD.residual_id
               OR given.id = NEW.target_id AND NEW.target_id IS DISTINCT FROM OLD.target_id)
    ) THEN
        PERFORM public.assessment_void(ARRAY[NEW.id], 'rated');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER other_rating_voids_its_approval AFTER UPDATE OF inherent_id, residual_id, target_id ON risk_risk
    FOR EACH ROW EXECUTE FUNCTION assessment_void_by_rating();
ALTER TABLE risk_risk ENABLE ALWAYS TRIGGER other_rating_voids_its_approval;

CREATE FUNCTION assessment_void_by_link() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM public.assessment_void(ARRAY(SELECT DISTINCT risk_id FROM changed), 'controls');
    RETURN NULL;
END $$;
CREATE TRIGGER added_control_voids_approvals AFTER INSERT ON risk_control_risks
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION assessment_void_by_link();
ALTER TABLE risk_control_risks ENABLE ALWAYS TRIGGER added_control_voids_approvals;
CREATE TRIGGER removed_control_voids_approvals AFTER DELETE ON risk_control_risks
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION assessment_void_by_link();
ALTER TABLE risk_control_risks ENABLE ALWAYS TRIGGER removed_control_voids_approvals;

CREATE FUNCTION assessment_void_by_test() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was text := (SELECT conclusion FROM public.risk_controltest WHERE id = OLD.last_test_id);
    is_now text := (SELECT conclusion FROM public.risk_controltest WHERE id = NEW.last_test_id);
BEGIN
    IF was IS DISTINCT FROM is_now OR NEW.kind <> OLD.kind THEN
        PERFORM public.assessment_void(
            ARRAY(SELECT risk_id FROM public.risk_control_risks WHERE control_id = NEW.id), 'tested');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tested_control_voids_approvals AFTER UPDATE OF last_test_id, kind ON risk_control
    FOR EACH ROW EXECUTE FUNCTION assessment_void_by_test();
ALTER TABLE risk_control ENABLE ALWAYS TRIGGER tested_control_voids_approvals;
"""
UNGUARD = """
DROP TRIGGER tested_control_voids_approvals ON risk_control;
DROP TRIGGER removed_control_voids_approvals ON risk_control_risks;
DROP TRIGGER added_control_voids_approvals ON risk_control_risks;
DROP TRIGGER other_rating_voids_its_approval ON risk_risk;
DROP TRIGGER changed_risk_voids_its_approval ON risk_risk;
DROP TRIGGER assessment_is_kept ON assessment_assessment;
DROP FUNCTION assessment_void_by_test();
DROP FUNCTION assessment_void_by_link();
DROP FUNCTION assessment_void_by_rating();
DROP FUNCTION assessment_void_by_risk();
DROP FUNCTION assessment_void(bigint[], text);
DROP FUNCTION assessment_guard_assessment();
"""
PARTS = ["assessment_methodresult", "assessment_assessedcontrol", "assessment_assessedrating"]
PART = """
CREATE TRIGGER part_of_a_draft BEFORE INSERT OR UPDATE OR DELETE ON {0}
    FOR EACH ROW EXECUTE FUNCTION assessment_guard_part();
ALTER TABLE {0} ENABLE ALWAYS TRIGGER part_of_a_draft;
"""
STAYS = """
CREATE TRIGGER row_stays BEFORE UPDATE OR DELETE ON {0} FOR EACH ROW EXECUTE FUNCTION risk_refuse_change();
ALTER TABLE {0} ENABLE ALWAYS TRIGGER row_stays;
"""
KEPT = ["assessment_mixrule", "assessment_scaletable"]


class Migration(migrations.Migration):
    """Assessments under the log; what is decided stays, and what changes a risk voids it."""

    dependencies = [
        ("assessment", "0004_first_methods"),
        ("risk", "0018_tests_tiers_guards"),
        ("audit", "0001_initial"),
        ("staff", "0006_foureyes_guards"),
    ]
    operations = [
        AuditTable("assessment_assessment"),
        AuditTable("assessment_methodresult"),
        AuditTable("assessment_assessedcontrol"),
        AuditTable("assessment_assessedrating"),
        migrations.RunSQL(GUARDS, UNGUARD),
        migrations.RunSQL(
            "".join(PART.format(table) for table in PARTS),
            "".join(f"DROP TRIGGER part_of_a_draft ON {table};" for table in PARTS)
            + "DROP FUNCTION assessment_guard_part();",
        ),
        migrations.RunSQL(
            "".join(STAYS.format(table) for table in KEPT),
            "".join(f"DROP TRIGGER row_stays ON {table};" for table in KEPT),
        ),
        SeedPolicy("assessment.mix_rule.add", "risk.check_scales"),
        GuardedColumns(
            "assessment_mixrule", ["data", "novelty", "methods", "why", "valid_from"],
            command="assessment.mix_rule.add", on=["insert"],
        ),
        SeedPolicy("assessment.scale_table.add", "risk.check_scales"),
        GuardedColumns(
            "assessment_scaletable", ["matrix_id", "figure", "currency", "bounds", "valid_from", "source"],
            command="assessment.scale_table.add", on=["insert"],
        ),
    ]  # fmt: skip
