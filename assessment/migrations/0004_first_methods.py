from datetime import date

from django.db import migrations

from audit.operations import AuditTable

BEGIN = date(2020, 1, 1)
# (data, novelty): methods, and why; the words stand in `assessment.models.mixes.MIX_WORDS`, too.
MIXES = [
    ("rich", "known", ["data", "model"], "Much data on a risk as we know it: the past speaks, and a model carries it on."),
    ("some", "known", ["data", "expert"], "Some data on a risk as we know it: the past speaks, and experts weigh it."),
    ("none", "known", ["expert"], "No data on a risk as we know it: experts judge it."),
    (
        "rich", "changed", ["data", "model", "expert"],
        "Much data, but the risk has changed: the past and a model are held against experts.",
    ),
    (
        "some", "changed", ["data", "expert", "scenario"],
        "Some data, and the risk has changed: experts and a scenario beside the past.",
    ),
    ("none", "changed", ["expert", "scenario"], "No data, and the risk has changed: experts and a scenario."),
    (
        "rich", "new", ["data", "expert", "scenario"],
        "The risk is new: data of others or of tests, experts and a scenario.",
    ),
    (
        "some", "new", ["expert", "scenario"],
        "The risk is new and there is hardly any data: experts and a scenario.",
    ),
    ("none", "new", ["expert", "scenario"], "The risk is new and there is no data: experts and a scenario."),
]  # fmt: skip
# Of the first matrix, five by five. Policy of a company, to be confirmed by it; no law sets them.
TABLES = [
    ("times", "", ["0.1", "0.5", "1", "12"]),
    ("chance", "", ["5", "20", "50", "80"]),
    ("outside", "", ["2", "10", "25", "50"]),
    ("score", "", ["700", "650", "600", "550"]),
    ("loss", "CNY", ["10000", "100000", "1000000", "10000000"]),
    ("loss", "HKD", ["10000", "100000", "1000000", "10000000"]),
    ("loss", "USD", ["1500", "15000", "150000", "1500000"]),
]


def seed(apps, schema_editor):
    rule, table = apps.get_model("assessment", "MixRule"), apps.get_model("assessment", "ScaleTable")
    rule.objects.bulk_create(
        rule(data=data, novelty=novelty, methods=methods, why=why, valid_from=BEGIN)
        for data, novelty, methods, why in MIXES
    )
    first = apps.get_model("risk", "RiskMatrix").objects.get(version=1)
    table.objects.bulk_create(
        table(
            matrix=first, figure=figure, currency=currency, bounds=bounds, valid_from=BEGIN,
            source="Policy of the company", needs_confirmation=True,
        )
        for figure, currency, bounds in TABLES
    )  # fmt: skip


class Migration(migrations.Migration):
    """The first rules of methods, and the tables of the first matrix, under the log from the beginning."""

    dependencies = [
        ("assessment", "0003_assessments"),
        ("risk", "0018_tests_tiers_guards"),
        ("audit", "0001_initial"),
    ]
    operations = [
        AuditTable("assessment_mixrule"),
        AuditTable("assessment_scaletable"),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
