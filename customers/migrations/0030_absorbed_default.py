from django.db import migrations


class Migration(migrations.Migration):
    """Who is written by an import leads nobody to themselves yet: imports name the columns that they fill."""

    dependencies = [("customers", "0029_kyc_profiles")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE customers_customer ALTER COLUMN absorbed SET DEFAULT '{}'",
            "ALTER TABLE customers_customer ALTER COLUMN absorbed DROP DEFAULT",
        )
    ]
