from django.db import migrations

from audit.operations import AuditTable

STAYS = """
CREATE TRIGGER row_stays BEFORE UPDATE OR DELETE ON incidents_boardevidence
    FOR EACH ROW EXECUTE FUNCTION risk_refuse_change();
ALTER TABLE incidents_boardevidence ENABLE ALWAYS TRIGGER row_stays;
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0005_board_evidence")]
    operations = [
        migrations.RunSQL(STAYS, "DROP TRIGGER row_stays ON incidents_boardevidence;"),
        AuditTable("incidents_boardevidence"),
    ]
