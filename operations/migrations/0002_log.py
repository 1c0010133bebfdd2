from django.db import migrations

from audit.operations import AuditTable


class Migration(migrations.Migration):
    dependencies = [("operations", "0001_initial"), ("audit", "0001_initial")]
    operations = [
        AuditTable("operations_nightlyrun", ignored=["beat_at"]),
        AuditTable("operations_nightlystep"),
    ]
