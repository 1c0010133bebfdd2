"""Indicators of how personal data is looked at and answered for. Bounds are starting points for compliance."""

from decimal import Decimal

from django.db import migrations

# code, name, unit, amber, red
INDICATORS = [
    ("reveals_per_person", "Reveals per person", "number", "40", "100"),
    ("privacy_requests_overdue", "Overdue privacy requests", "number", "1", "3"),
]


def seed(apps, schema_editor):
    indicator = apps.get_model("risk", "Indicator")
    indicator.objects.bulk_create(
        indicator(
            code=code, name=name, risk_class="legal", unit=unit, direction="high", amber=Decimal(amber),
            red=Decimal(red), source="measure", measure=code, stale_after_days=3,
        )
        for code, name, unit, amber, red in INDICATORS
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("risk", "0007_foureyes_bounds"), ("customers", "0012_privacy_rules")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
