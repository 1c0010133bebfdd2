"""How long the words of people who are no customers are kept: no statute sets it, so compliance confirms it."""

from datetime import date

from django.db import migrations


def seed(apps, schema_editor):
    apps.get_model("customers", "PrivacyRule").objects.create(
        code="retention_strangers", jurisdiction="", value=12, unit="months", valid_from=date(1990, 1, 1),
        source="Company policy; PIPL, art. 19 and GDPR, art. 5(1)(e): no longer than needed", needs_confirmation=True,
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("customers", "0032_retention_of_strangers")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
