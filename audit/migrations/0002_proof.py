from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent / "sql"


def sql(name: str) -> str:
    return (SQL / f"0002_proof_{name}.sql").read_text(encoding="utf-8")


def unmanaged(table: str, name: str, plural: str) -> dict:
    return {
        "db_table": table,
        "managed": False,
        "default_permissions": (),
        "verbose_name": name,
        "verbose_name_plural": plural,
    }


MODELS = [
    migrations.CreateModel(
        name="Leaf",
        fields=[
            ("index", models.BigIntegerField(primary_key=True, serialize=False)),
            ("event_id", models.BigIntegerField(unique=True)),
            ("at", models.DateTimeField()),
            ("xid", models.BigIntegerField()),
            ("hash", models.BinaryField()),
        ],
        options=unmanaged("audit_leaf", "sealed event", "sealed events"),
    ),
    migrations.CreateModel(
        name="Checkpoint",
        fields=[
            ("size", models.BigIntegerField(primary_key=True, serialize=False)),
            ("root", models.BinaryField()),
            ("note", models.TextField()),
            ("key", models.TextField()),
            ("at", models.DateTimeField()),
        ],
        options=unmanaged("audit_checkpoint", "checkpoint", "checkpoints"),
    ),
    migrations.CreateModel(
        name="AnchorReceipt",
        fields=[
            ("id", models.BigIntegerField(primary_key=True, serialize=False)),
            (
                "checkpoint",
                models.ForeignKey(db_column="size", on_delete=models.DO_NOTHING, to="audit.checkpoint"),
            ),
            ("kind", models.TextField()),
            ("place", models.TextField()),
            ("ok", models.BooleanField()),
            ("receipt", models.BinaryField()),
            ("message", models.TextField()),
            ("at", models.DateTimeField()),
        ],
        options=unmanaged("audit_anchor_receipt", "anchor", "anchors"),
    ),
    migrations.CreateModel(
        name="Verification",
        fields=[
            ("id", models.BigIntegerField(primary_key=True, serialize=False)),
            ("kind", models.TextField()),
            ("size", models.BigIntegerField()),
            ("checked", models.BigIntegerField()),
            ("found", models.BigIntegerField()),
            ("findings", models.JSONField()),
            ("begun_at", models.DateTimeField()),
            ("at", models.DateTimeField()),
        ],
        options=unmanaged("audit_verification", "verification", "verifications"),
    ),
    migrations.CreateModel(
        name="RetiredMonth",
        fields=[
            ("month", models.DateField(primary_key=True, serialize=False)),
            ("first_index", models.BigIntegerField(null=True)),
            ("last_index", models.BigIntegerField(null=True)),
            ("events", models.BigIntegerField()),
            ("digest", models.TextField()),
            ("folder", models.TextField()),
            ("at", models.DateTimeField()),
        ],
        options=unmanaged("audit_retired_month", "retired month", "retired months"),
    ),
]


class Migration(migrations.Migration):
    """Sealing: leaves, tiles, checkpoints, anchors, verifications; erasure under a request; retired months."""

    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(sql("tables") + sql("functions"), sql("drop")), *MODELS]
