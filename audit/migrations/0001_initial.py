from pathlib import Path

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


def sql(name: str) -> str:
    return (SQL / f"0001_{name}.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    """The event log, its functions and its first months. Every other room's first migration depends on this one."""

    initial = True
    dependencies = []
    operations = [
        migrations.RunSQL(sql("tables") + sql("functions"), sql("drop")),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("xid", models.BigIntegerField()),
                ("kind", models.TextField()),
                ("table_name", models.TextField()),
                ("pk_text", models.TextField(db_column="pk")),
                ("action", models.TextField()),
                ("actor_id", models.BigIntegerField(null=True)),
                ("actor_label", models.TextField()),
                ("request", models.UUIDField(null=True)),
                ("session", models.TextField()),
                ("address", models.GenericIPAddressField(null=True)),
                ("db_user", models.TextField()),
                ("reason", models.TextField()),
                ("approval_id", models.BigIntegerField(null=True)),
                ("changed", ArrayField(models.TextField(), null=True)),
                ("body", models.TextField()),
                ("unattributed", models.BooleanField()),
            ],
            options={
                "db_table": "audit_event",
                "managed": False,
                "default_permissions": ("view",),
                "verbose_name": "event",
                "verbose_name_plural": "events",
            },
        ),
        migrations.CreateModel(
            name="Secret",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "event_id", "field", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("event_id", models.BigIntegerField()),
                ("field", models.TextField()),
                ("salt", models.BinaryField()),
                ("value", models.TextField()),
            ],
            options={"db_table": "audit_secret", "managed": False, "default_permissions": ()},
        ),
    ]
