# What a rating rests on, and a target beside inherent and residual.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("risk", "0010_reassessments"),
    ]

    operations = [
        migrations.AddField(
            model_name="risk",
            name="target",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="risk.riskrating",
                verbose_name="target",
            ),
        ),
        migrations.AddField(
            model_name="riskrating",
            name="basis",
            field=models.CharField(
                choices=[
                    ("data", "Data"),
                    ("model", "Model"),
                    ("expert", "Opinion of experts"),
                    ("decision", "Decision of the owner"),
                    ("mapping", "Another matrix"),
                ],
                default="expert",
                max_length=8,
                verbose_name="rests on",
            ),
        ),
        migrations.AddField(
            model_name="riskrating",
            name="model_version",
            field=models.CharField(blank=True, max_length=80, verbose_name="version of the model"),
        ),
        migrations.AlterField(
            model_name="riskrating",
            name="kind",
            field=models.CharField(
                choices=[("inherent", "Inherent"), ("residual", "Residual"), ("target", "Target")],
                max_length=8,
                verbose_name="kind",
            ),
        ),
    ]
