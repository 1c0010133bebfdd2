from datetime import date

from django.db import migrations

from audit.operations import AuditTable

LIKELIHOOD = ["Rare", "Unlikely", "Possible", "Likely", "Almost certain"]
IMPACT = ["Negligible", "Minor", "Moderate", "Major", "Severe"]
# Level by score = likelihood × impact: low to 4, medium to 9, high to 15, critical above.
CONVENTION = "Measures on risk classification of financial assets of commercial banks, 2023 No. 1, article 10"
RULES = [
    ("pass", 0, "0"),
    ("special_mention", 1, "0.02"),
    ("substandard", 91, "0.25"),
    ("doubtful", 271, "0.5"),
    ("loss", 361, "1"),
]


def level_of(score):
    return "low" if score <= 4 else "medium" if score <= 9 else "high" if score <= 15 else "critical"


def make_scales(apps, schema_editor):
    matrix = apps.get_model("risk", "RiskMatrix").objects.create(
        version=1, size=5, likelihood_labels=LIKELIHOOD, impact_labels=IMPACT, in_force_from=date(1990, 1, 1)
    )
    apps.get_model("risk", "RiskMatrixCell").objects.bulk_create(
        apps.get_model("risk", "RiskMatrixCell")(
            matrix=matrix,
            likelihood=likelihood,
            impact=impact,
            score=likelihood * impact,
            level=level_of(likelihood * impact),
        )
        for likelihood in range(1, 6)
        for impact in range(1, 6)
    )
    rule = apps.get_model("risk", "LoanClassRule")
    rule.objects.bulk_create(
        rule(
            loan_class=name,
            jurisdiction="CN",
            days_from=days,
            provision_rate=rate,
            valid_from=date(1990, 1, 1),
            source=CONVENTION,
            needs_confirmation=True,
        )
        for name, days, rate in RULES
    )


class Migration(migrations.Migration):
    dependencies = [("risk", "0001_initial"), ("audit", "0001_initial")]
    operations = [
        AuditTable("risk_riskmatrix"),
        AuditTable("risk_riskmatrixcell"),
        AuditTable("risk_risk"),
        AuditTable("risk_riskrating"),
        AuditTable("risk_riskreview"),
        AuditTable("risk_indicator"),
        AuditTable("risk_indicator_risks"),
        AuditTable("risk_indicatorreading"),
        AuditTable("risk_alert"),
        AuditTable("risk_loanclassrule"),
        AuditTable("risk_loangrade", key="loan_id"),
        migrations.RunPython(make_scales, migrations.RunPython.noop),
    ]
