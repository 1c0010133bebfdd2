from django.db import migrations

from staff.operations import GuardedColumns, SeedPolicy


class Migration(migrations.Migration):
    """The first bounds of an indicator decide as much as later ones: whoever defines one asks somebody else."""

    dependencies = [("risk", "0008_privacy_indicators"), ("staff", "0006_foureyes_guards")]

    operations = [
        SeedPolicy("risk.indicator.define", "risk.check_bounds"),
        GuardedColumns("risk_indicator", ["amber", "red"], command="risk.indicator.define", on=["insert"]),
    ]
