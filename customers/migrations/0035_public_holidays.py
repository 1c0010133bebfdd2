"""Public holidays of the European Union (TARGET), England and Wales, and the United States (federal), 2024 to 2028."""

from django.db import migrations

from customers.rules.public_holidays import HOLIDAYS

YEARS = range(2024, 2029)


def seed(apps, schema_editor):
    """A day that somebody has entered stays as it is."""
    model = apps.get_model("customers", "CalendarDay")
    days = (
        model(jurisdiction=law, day=day, is_working=False, name=name)
        for law, holidays_of in HOLIDAYS.items()
        for year in YEARS
        for day, name in holidays_of(year)
    )
    model.objects.bulk_create(days, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("customers", "0034_rules_four_eyes")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
