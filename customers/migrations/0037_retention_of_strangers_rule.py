"""How long the words of people who are no customers are kept: no statute sets it, so compliance confirms it."""

from datetime import date

from django.db import migrations

from staff.guards import unguarded


def seed(apps, schema_editor):
    with unguarded("migration"):
        apps.get_model("customers", "PrivacyRule").objects.get_or_create(
            code="retention_strangers", jurisdiction="", valid_from=date(1990, 1, 1),
            defaults={
                "value": 12, "unit": "months", "needs_confirmation": True,
                "source": "Company policy; PIPL, art. 19 and GDPR, art. 5(1)(e): no longer than needed",
            },
        )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("customers", "0036_retention_of_strangers")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
