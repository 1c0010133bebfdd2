"""The indicators that every company starts with, and the amounts that they read. Bounds are starting points for the
risk office."""

from datetime import date
from decimal import Decimal

from django.db import migrations

BEGINNING = date(1990, 1, 1)
ORDER_3 = "PBoC Order 2016 No. 3, art. 5"

# code, jurisdiction, currency, value, from, source, needs confirmation
PARAMETERS = [
    ("large_transaction_individual", "CN", "CNY", "500000", date(2017, 7, 1), f"{ORDER_3}, code 0503", True),
    ("large_transaction_individual", "CN", "USD", "100000", date(2017, 7, 1), f"{ORDER_3}, code 0503", True),
    ("large_transaction_business", "CN", "CNY", "2000000", date(2017, 7, 1), f"{ORDER_3}, code 0502", True),
    ("large_transaction_business", "CN", "USD", "200000", date(2017, 7, 1), f"{ORDER_3}, code 0502", True),
    ("general_provision", "CN", "", "0.01", BEGINNING, "PBoC, Guidelines on loan-loss provisioning, 2002", True),
]

# code, name, class, unit, direction, amber, red, stale after days
INDICATORS = [
    ("npl_ratio_count", "NPL ratio by count", "credit", "share", "high", "0.03", "0.05", 3),
    ("npl_ratio_balance", "NPL ratio by balance", "credit", "share", "high", "0.03", "0.05", 3),
    ("overdue_30_plus", "Overdue 30 days and more", "credit", "share", "high", "0.05", "0.08", 3),
    ("provision_coverage", "Provision coverage ratio", "credit", "share", "low", "1.5", "1.2", 3),
    ("net_outflow_share", "Net outflow share", "liquidity", "share", "high", "0.05", "0.1", 3),
    ("net_redemption_share", "Net redemption share", "liquidity", "share", "high", "0.05", "0.1", 3),
    ("top_10_customer_share", "Top-10 customer share", "liquidity", "share", "high", "0.2", "0.5", 3),
    ("large_transaction_count", "Large transactions", "legal", "number", "high", "20", "50", 3),
    ("dormant_share", "Dormant share", "other", "share", "high", "0.3", "0.5", 3),
    ("import_reject_rate", "Import reject rate", "operational", "share", "high", "0.01", "0.05", 3),
]


def seed(apps, schema_editor):
    parameter = apps.get_model("risk", "Parameter")
    parameter.objects.bulk_create(
        parameter(
            code=code,
            jurisdiction=law,
            currency=currency,
            value=Decimal(value),
            valid_from=since,
            source=source,
            needs_confirmation=unsure,
        )
        for code, law, currency, value, since, source, unsure in PARAMETERS
    )
    indicator = apps.get_model("risk", "Indicator")
    indicator.objects.bulk_create(
        indicator(
            code=code,
            name=name,
            risk_class=risk_class,
            unit=unit,
            direction=direction,
            amber=Decimal(amber),
            red=Decimal(red),
            source="measure",
            measure=code,
            stale_after_days=days,
        )
        for code, name, risk_class, unit, direction, amber, red, days in INDICATORS
    )


class Migration(migrations.Migration):
    dependencies = [("risk", "0004_guards")]
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
