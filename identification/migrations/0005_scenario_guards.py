"""Scenarios and bow-ties under the log; what was written and discussed stays; the factors that scenarios move."""

from django.db import migrations

from audit.operations import AuditTable

STAYS = ["scenariorevision", "scenarioshock", "scenariooutcome", "scenariooutcome_participants"]
EACH = """
CREATE TRIGGER row_stays BEFORE UPDATE OR DELETE ON identification_{0} FOR EACH ROW EXECUTE FUNCTION risk_refuse_change();
ALTER TABLE identification_{0} ENABLE ALWAYS TRIGGER row_stays;
"""
# What was discussed stays whole: no shock joins a revision that has an outcome.
DISCUSSED = """
CREATE FUNCTION identification_guard_shock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM public.identification_scenariooutcome AS outcome
                WHERE outcome.revision_id = NEW.revision_id) THEN
        RAISE EXCEPTION 'This revision was discussed: write another one.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER joins_nothing_discussed BEFORE INSERT ON identification_scenarioshock
    FOR EACH ROW EXECUTE FUNCTION identification_guard_shock();
ALTER TABLE identification_scenarioshock ENABLE ALWAYS TRIGGER joins_nothing_discussed;
"""
UNDO = (
    "DROP TRIGGER joins_nothing_discussed ON identification_scenarioshock; DROP FUNCTION identification_guard_shock();"
    + "".join(f"DROP TRIGGER row_stays ON identification_{table};" for table in STAYS)
)
TABLES = [
    "riskfactor", "scenario", *STAYS, "bowtie", "bowtiethreat", "bowtieconsequence", "barrier",
]  # fmt: skip
FACTORS = [
    ("policy_rate", "bp", "Policy rate", "政策利率", "政策利率"),
    ("credit_spread", "bp", "Credit spread", "信用利差", "信用利差"),
    ("property_prices", "percent", "Property prices", "房地产价格", "房地產價格"),
    ("share_prices", "percent", "Share prices", "股票价格", "股票價格"),
    ("exchange_rate", "percent", "Exchange rate of the currency", "本币汇率", "本幣匯率"),
    ("unemployment", "points", "Unemployment", "失业率", "失業率"),
    ("default_rate", "times", "Default rate", "违约率", "違約率"),
    ("redemption_share", "percent", "Redemptions of holdings", "赎回占持有量", "贖回占持有量"),
    ("new_business", "percent", "New business", "新增业务", "新增業務"),
]


def fill(apps, schema_editor):
    factor = apps.get_model("identification", "RiskFactor")
    factor.objects.bulk_create(
        factor(code=code, unit=unit, names={"en": english, "zh-hans": hans, "zh-hant": hant})
        for code, unit, english, hans, hant in FACTORS
    )


class Migration(migrations.Migration):
    dependencies = [("identification", "0004_scenarios"), ("risk", "0004_guards"), ("audit", "0001_initial")]
    operations = [
        migrations.RunSQL("".join(EACH.format(table) for table in STAYS) + DISCUSSED, UNDO),
        *(AuditTable(f"identification_{table}") for table in TABLES),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
