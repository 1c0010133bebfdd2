from django.db import migrations

from audit.operations import AuditTable
from staff.operations import GuardedColumns, SeedPolicy

STAYS = """
CREATE TRIGGER row_stays BEFORE UPDATE OR DELETE ON {0} FOR EACH ROW EXECUTE FUNCTION risk_refuse_change();
ALTER TABLE {0} ENABLE ALWAYS TRIGGER row_stays;
"""
TABLES = ["risk_automatedrun", "risk_tierrule"]


class Migration(migrations.Migration):
    """Automated tests of controls under the log; they and rules of tiers stay, and a rule takes two people."""

    dependencies = [
        ("risk", "0017_automated_tests"),
        ("audit", "0001_initial"),
        ("staff", "0006_foureyes_guards"),
    ]
    operations = [
        AuditTable("risk_automatedrun"),
        migrations.RunSQL(
            "".join(STAYS.format(table) for table in TABLES),
            "".join(f"DROP TRIGGER row_stays ON {table};" for table in TABLES),
        ),
        SeedPolicy("risk.tier_rule.add", "risk.check_scales"),
        GuardedColumns(
            "risk_tierrule", ["level", "tier", "review_days", "valid_from"], command="risk.tier_rule.add", on=["insert"]
        ),
    ]
