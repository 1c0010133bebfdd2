from django.db import migrations, models
from django.db.models import Q

from staff.operations import GuardedColumns, SeedPolicy

DAYS = ["valid_from", "valid_to", "source", "needs_confirmation"]
BOOKS = {
    "kyc_rule": ("customers_kycrule", ["code", "jurisdiction", "applies_from", "value", "unit", *DAYS], "customers.check_rating"),
    "suitability_rule": ("customers_suitabilityrule", ["code", "jurisdiction", "value", "unit", *DAYS], "customers.check_suitability"),
    "cooling_off_rule": (
        "customers_coolingoffrule",
        ["line", "jurisdiction", "value", "unit", "event", "longer_than_months", *DAYS],
        "customers.check_suitability",
    ),
    "match_weight": ("customers_matchweight", ["kind", "field", "level", "m", "u", "valid_from"], "customers.check_merge"),
    "match_limit": ("customers_matchlimit", ["code", "value", "valid_from"], "customers.check_merge"),
}  # fmt: skip


def commands(name, columns):
    acts = ["enter", "confirm"] if "needs_confirmation" in columns else ["enter"]
    return [f"customers.{name}.{act}" for act in acts]


class Migration(migrations.Migration):
    """What decides who is known, who may buy what and who may be one with whom takes two people."""

    dependencies = [("customers", "0033_carried_assessment"), ("staff", "0006_foureyes_guards")]

    operations = [
        migrations.AlterConstraint(
            model_name="matchweight",
            name="match_weight_of_two_probabilities",
            constraint=models.CheckConstraint(
                condition=Q(("m__gt", 0), ("m__lt", 1), ("u__gt", 0), ("u__lt", 1)),
                name="match_weight_of_two_probabilities",
                violation_error_message="Both shares lie between 0 and 1, without the ends.",
            ),
        ),
        *(
            SeedPolicy(command, check)
            for name, (_table, columns, check) in BOOKS.items()
            for command in commands(name, columns)
        ),
        *(
            GuardedColumns(table, columns, command=commands(name, columns), on=("insert", "update", "delete"))
            for name, (table, columns, _check) in BOOKS.items()
        ),
    ]
