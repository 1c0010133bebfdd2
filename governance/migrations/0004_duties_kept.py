from django.db import migrations

from audit.operations import AuditTable
from staff.operations import GuardedColumns, SeedPolicy

# One row: an active person of a department: a holder of its role, or a member of its team.
PEOPLE = """
CREATE VIEW governance_departmentperson AS
SELECT department.id AS department_id, person.id AS person_id
  FROM governance_department AS department
  JOIN staff_user AS person ON person.is_active
 WHERE EXISTS (SELECT FROM staff_user_groups AS held JOIN auth_group AS role ON role.id = held.group_id
                WHERE held.user_id = person.id AND role.name = department.role AND department.role <> '')
    OR EXISTS (SELECT FROM staff_team_members AS member
                WHERE member.team_id = department.team_id AND member.user_id = person.id);
"""
# ENABLE ALWAYS: a session that calls itself a replica is refused as well.
KEPT = """
CREATE FUNCTION governance_guard_matrix() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.effective_from IS NOT NULL THEN
        RAISE EXCEPTION 'A matrix of duties begins as a draft.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP <> 'INSERT' AND OLD.effective_from IS NOT NULL THEN
        RAISE EXCEPTION 'Matrix % has its day and never changes.', OLD.number USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.area_id <> OLD.area_id OR NEW.number <> OLD.number) THEN
        RAISE EXCEPTION 'A matrix stays with its area.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.effective_from IS NOT NULL AND (
        NOT EXISTS (SELECT FROM public.governance_duty AS duty WHERE duty.matrix_id = NEW.id)
        OR EXISTS (
            SELECT FROM public.governance_duty AS duty
              LEFT JOIN public.governance_dutycell AS cell ON cell.duty_id = duty.id
             WHERE duty.matrix_id = NEW.id
             GROUP BY duty.id
            HAVING count(*) FILTER (WHERE cell.part IN ('A', 'AR')) <> 1
                OR count(*) FILTER (WHERE cell.part IN ('R', 'AR')) = 0)) THEN
        RAISE EXCEPTION 'Each activity has one accountable department, and somebody responsible.'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER matrix_stays BEFORE INSERT OR UPDATE OR DELETE ON governance_dutymatrix
    FOR EACH ROW EXECUTE FUNCTION governance_guard_matrix();
ALTER TABLE governance_dutymatrix ENABLE ALWAYS TRIGGER matrix_stays;

-- What a matrix consists of. FOR SHARE: whoever writes on a draft and whoever puts it in force wait for each other.
CREATE FUNCTION governance_guard_draft(matrix bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    day date;
BEGIN
    SELECT effective_from INTO day FROM public.governance_dutymatrix WHERE id = matrix FOR SHARE;
    IF day IS NOT NULL THEN
        RAISE EXCEPTION 'A matrix in force never changes.' USING ERRCODE = 'restrict_violation';
    END IF;
END $$;
CREATE FUNCTION governance_guard_of_matrix() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM public.governance_guard_draft(coalesce((to_jsonb(OLD) ->> 'matrix_id')::bigint, (to_jsonb(OLD) ->> 'dutymatrix_id')::bigint));
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM public.governance_guard_draft(coalesce((to_jsonb(NEW) ->> 'matrix_id')::bigint, (to_jsonb(NEW) ->> 'dutymatrix_id')::bigint));
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER duty_stays BEFORE INSERT OR UPDATE OR DELETE ON governance_duty
    FOR EACH ROW EXECUTE FUNCTION governance_guard_of_matrix();
ALTER TABLE governance_duty ENABLE ALWAYS TRIGGER duty_stays;
CREATE TRIGGER departments_stay BEFORE INSERT OR UPDATE OR DELETE ON governance_dutymatrix_departments
    FOR EACH ROW EXECUTE FUNCTION governance_guard_of_matrix();
ALTER TABLE governance_dutymatrix_departments ENABLE ALWAYS TRIGGER departments_stay;

CREATE FUNCTION governance_guard_cell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM public.governance_guard_draft(matrix_id) FROM public.governance_duty WHERE id = OLD.duty_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM public.governance_guard_draft(matrix_id) FROM public.governance_duty WHERE id = NEW.duty_id;
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER cell_stays BEFORE INSERT OR UPDATE OR DELETE ON governance_dutycell
    FOR EACH ROW EXECUTE FUNCTION governance_guard_cell();
ALTER TABLE governance_dutycell ENABLE ALWAYS TRIGGER cell_stays;

CREATE FUNCTION governance_guard_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Departments and their lines of defence stay as they were written.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER department_stays BEFORE UPDATE OR DELETE ON governance_department
    FOR EACH ROW EXECUTE FUNCTION governance_guard_kept();
ALTER TABLE governance_department ENABLE ALWAYS TRIGGER department_stays;
CREATE TRIGGER line_stays BEFORE UPDATE OR DELETE ON governance_lineassignment
    FOR EACH ROW EXECUTE FUNCTION governance_guard_kept();
ALTER TABLE governance_lineassignment ENABLE ALWAYS TRIGGER line_stays;
"""
UNDO = """
DROP TRIGGER line_stays ON governance_lineassignment;
DROP TRIGGER department_stays ON governance_department;
DROP FUNCTION governance_guard_kept();
DROP TRIGGER cell_stays ON governance_dutycell;
DROP FUNCTION governance_guard_cell();
DROP TRIGGER departments_stay ON governance_dutymatrix_departments;
DROP TRIGGER duty_stays ON governance_duty;
DROP FUNCTION governance_guard_of_matrix();
DROP FUNCTION governance_guard_draft(bigint);
DROP TRIGGER matrix_stays ON governance_dutymatrix;
DROP FUNCTION governance_guard_matrix();
"""


class Migration(migrations.Migration):
    """Duties and lines under the log; what is in force stays as it is, whoever writes."""

    dependencies = [
        ("governance", "0003_duties_and_lines"),
        ("audit", "0001_initial"),
        ("staff", "0006_foureyes_guards"),
    ]
    operations = [
        migrations.RunSQL(PEOPLE, "DROP VIEW governance_departmentperson;"),
        AuditTable("governance_department"),
        AuditTable("governance_dutyarea"),
        AuditTable("governance_dutyarea_risks"),
        AuditTable("governance_dutymatrix"),
        AuditTable("governance_dutymatrix_departments"),
        AuditTable("governance_duty"),
        AuditTable("governance_dutycell"),
        AuditTable("governance_lineassignment"),
        migrations.RunSQL(KEPT, UNDO),
        SeedPolicy("governance.duties.in_force", "governance.check_dutymatrix"),
        GuardedColumns("governance_dutymatrix", ["effective_from"], command="governance.duties.in_force"),
        SeedPolicy("governance.line.assign", "governance.check_lineassignment"),
        GuardedColumns(
            "governance_lineassignment", ["department_id", "defence", "from_on"], command="governance.line.assign",
            on=["insert"],
        ),
    ]  # fmt: skip
