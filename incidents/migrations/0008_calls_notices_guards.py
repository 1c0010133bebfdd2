from django.db import migrations

from audit.operations import AuditTable
from staff.operations import GuardedColumns, SeedPolicy

# Losses recorded before they had a type take that of the sub-class of their risk.
TYPES = """
UPDATE incidents_lossevent AS loss
   SET basel_type_id = subclass.basel_type_id
  FROM risk_risk AS risk
  JOIN risk_risksubclass AS subclass ON subclass.id = risk.subclass_id
 WHERE loss.risk_id = risk.id AND subclass.basel_type_id IS NOT NULL;
"""
STAYS = """
CREATE TRIGGER row_stays BEFORE UPDATE OR DELETE ON incidents_noticerule
    FOR EACH ROW EXECUTE FUNCTION risk_refuse_change();
ALTER TABLE incidents_noticerule ENABLE ALWAYS TRIGGER row_stays;
"""
RULE = ["kind", "jurisdiction", "told", "hours", "valid_from", "valid_to", "source", "needs_confirmation"]


class Migration(migrations.Migration):
    """Calls under the log; a rule of notice is a new row that two people agreed on, and stays."""

    dependencies = [
        ("incidents", "0007_basel_calls_notices"),
        ("audit", "0001_initial"),
        ("staff", "0006_foureyes_guards"),
    ]
    operations = [
        migrations.RunSQL(TYPES, migrations.RunSQL.noop),
        AuditTable("incidents_activationcall"),
        migrations.RunSQL(STAYS, "DROP TRIGGER row_stays ON incidents_noticerule;"),
        SeedPolicy("incidents.notice_rule.add", "incidents.check_noticerule"),
        GuardedColumns("incidents_noticerule", RULE, command="incidents.notice_rule.add", on=["insert"]),
    ]
