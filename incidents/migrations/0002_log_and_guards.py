from django.db import migrations

from audit.operations import AuditTable
from staff.operations import GuardedColumns, SeedPolicy

# ENABLE ALWAYS: a session that calls itself a replica is refused as well.
EACH = """
CREATE TRIGGER row_stays BEFORE UPDATE OR DELETE ON {0} FOR EACH ROW EXECUTE FUNCTION risk_refuse_change();
ALTER TABLE {0} ENABLE ALWAYS TRIGGER row_stays;
"""
TABLES = ["incidents_caseentry", "incidents_planversion", "incidents_activationentry"]
UNDO = "".join(f"DROP TRIGGER row_stays ON {table};" for table in TABLES)


class Migration(migrations.Migration):
    """Cases and plans under the log; what was written on a board, in a case or as a version of a plan stays as it is."""

    dependencies = [("incidents", "0001_initial"), ("audit", "0001_initial"), ("staff", "0006_foureyes_guards")]
    operations = [
        AuditTable("incidents_case"),
        AuditTable("incidents_caseentry"),
        AuditTable("incidents_plan"),
        AuditTable("incidents_plan_risks"),
        AuditTable("incidents_planversion"),
        AuditTable("incidents_activation"),
        AuditTable("incidents_activationstep"),
        AuditTable("incidents_activationentry"),
        migrations.RunSQL("".join(EACH.format(table) for table in TABLES), UNDO),
        SeedPolicy("incidents.plan.in_force", "incidents.check_plan"),
        GuardedColumns("incidents_plan", ["version_id"], command="incidents.plan.in_force"),
    ]
