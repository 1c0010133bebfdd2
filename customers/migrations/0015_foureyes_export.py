from django.db import migrations

from staff.operations import SeedPolicy


class Migration(migrations.Migration):
    """Large exports of customers need somebody else; very large ones two."""

    dependencies = [("customers", "0014_portrait_indexes_by_owner"), ("staff", "0006_foureyes_guards")]
    operations = [
        SeedPolicy(
            "customers.export",
            "staff.check_export",
            bands=[{"from": "100000", "approvals": 2}],
            expiry_hours=48,
            remind_after_hours=4,
            escalate_after_hours=24,
        )
    ]
