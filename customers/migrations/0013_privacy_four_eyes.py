from django.db import migrations

from staff.operations import GuardedColumns, SeedPolicy


class Migration(migrations.Migration):
    """Nobody is erased, and nobody's whole data given out, on one person's word: by SQL no more than by the page."""

    dependencies = [("customers", "0012_privacy_rules"), ("staff", "0006_foureyes_guards")]
    operations = [
        SeedPolicy("customers.erase", "customers.check_privacy", escalate_to="management"),
        SeedPolicy("customers.export_package", "customers.check_privacy", escalate_to="management"),
        GuardedColumns(
            "customers_erasure", ["customer_id", "request_id"], command="customers.erase", on=["insert", "delete"]
        ),
        GuardedColumns("customers_erasure", ["customer_id", "request_id"], command=[], on=["update"]),
    ]
