from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("staff", "0006_foureyes_guards"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notification",
            name="kind",
            field=models.CharField(
                choices=[
                    ("job", "A background job of mine has ended"),
                    ("alert", "An indicator of mine has left its band"),
                    ("review", "A review of mine is due"),
                    ("import", "An import has ended"),
                    ("nightly", "A nightly run has failed"),
                    ("privacy", "A privacy request or the quota of reveals"),
                    ("change", "A change waits for my approval, or mine was decided"),
                    ("mention", "Somebody has mentioned me"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="notificationpreference",
            name="kind",
            field=models.CharField(
                choices=[
                    ("job", "A background job of mine has ended"),
                    ("alert", "An indicator of mine has left its band"),
                    ("review", "A review of mine is due"),
                    ("import", "An import has ended"),
                    ("nightly", "A nightly run has failed"),
                    ("privacy", "A privacy request or the quota of reveals"),
                    ("change", "A change waits for my approval, or mine was decided"),
                    ("mention", "Somebody has mentioned me"),
                ],
                max_length=20,
                verbose_name="kind",
            ),
        ),
    ]
