from django.db import migrations

from staff.operations import GuardedColumns, SeedPolicy

COLUMNS = ["code", "jurisdiction", "value", "unit", "valid_from", "valid_to", "source", "needs_confirmation"]
COMMANDS = ["customers.privacy_rule.enter", "customers.privacy_rule.confirm"]


class Migration(migrations.Migration):
    """What decides how long data is kept and by when people are answered takes two people."""

    dependencies = [("customers", "0030_absorbed_default"), ("staff", "0006_foureyes_guards")]

    operations = [
        *(SeedPolicy(command, "customers.check_privacy") for command in COMMANDS),
        GuardedColumns("customers_privacyrule", COLUMNS, command=COMMANDS, on=("insert", "update", "delete")),
    ]
