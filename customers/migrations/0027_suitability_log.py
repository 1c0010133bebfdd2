"""Suitability under the log and its guards, with what law and policy set where the company begins.

Marked as needing confirmation is whatever no statute's own text stood behind when this was written.
"""

from datetime import date

from django.db import migrations

from audit.operations import AuditTable
from staff.operations import GuardedColumns, SeedPolicy

BEGINNING = date(1990, 1, 1)
MEASURES = date(2017, 7, 1)
OURS = "Company policy"
PRACTICE = "Fund-sale suitability practice"

# code, jurisdiction, value, unit, from, source, needs confirmation
RULES = [
    ("validity", "CN", 12, "months", MEASURES, PRACTICE, True),
    ("validity", "", 12, "months", BEGINNING, OURS, True),
    ("attempts_a_day", "CN", 2, "times", MEASURES, PRACTICE, True),
    ("attempts_a_day", "", 2, "times", BEGINNING, OURS, True),
    ("raised_within", "", 30, "days", BEGINNING, OURS, False),
    ("remind_before", "", 30, "days", BEGINNING, OURS, False),
]
RATINGS = ["R1", "R2", "R3", "R4", "R5"]
# AMAC guideline: each class up to the rating of its number. Above it only of their own accord, after a special written
# warning (CSRC suitability measures); the lowest class within C1 never above R1.
CELLS = {
    "C0": {rating: "yes" if rating == "R1" else "no" for rating in RATINGS},
    **{f"C{n}": {rating: "yes" if int(rating[1]) <= n else "confirm" for rating in RATINGS} for n in range(1, 6)},
}
LINES = ["wealth", "fund"]
# jurisdiction, from, source
MATRICES = [
    ("CN", MEASURES, "AMAC suitability guideline; CSRC suitability measures"),
    ("", BEGINNING, OURS),
]
# line, jurisdiction, days, only longer than months, source
COOLING_OFF = [("insurance", "CN", 15, 12, "Long life policies")]

GUARDS = """
CREATE TRIGGER suitability_matrix_stays BEFORE UPDATE OR DELETE ON customers_suitabilitymatrix
    FOR EACH ROW EXECUTE FUNCTION customers_refuse_change();
ALTER TABLE customers_suitabilitymatrix ENABLE ALWAYS TRIGGER suitability_matrix_stays;
CREATE TRIGGER suitability_check_stays BEFORE UPDATE OR DELETE ON customers_suitabilitycheck
    FOR EACH ROW EXECUTE FUNCTION customers_refuse_change();
ALTER TABLE customers_suitabilitycheck ENABLE ALWAYS TRIGGER suitability_check_stays;

-- A result changes once: when somebody who was to look at it has done so. What was said then may be emptied later.
CREATE FUNCTION customers_guard_suitability() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    judged text[] := ARRAY['review', 'reviewed_by_id', 'reviewed_at', 'review_reason'];
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.review = 'waiting' AND NEW.review IN ('confirmed', 'rejected')
       AND to_jsonb(NEW) - judged = to_jsonb(OLD) - judged THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.review_reason = ''
       AND to_jsonb(NEW) - 'review_reason' = to_jsonb(OLD) - 'review_reason' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Suitability result % is evidence: it is never changed or removed.', OLD.id
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER suitability_result_stays BEFORE UPDATE OR DELETE ON customers_suitabilityresult
    FOR EACH ROW EXECUTE FUNCTION customers_guard_suitability();
ALTER TABLE customers_suitabilityresult ENABLE ALWAYS TRIGGER suitability_result_stays;
"""
UNGUARD = """
DROP TRIGGER suitability_result_stays ON customers_suitabilityresult;
DROP FUNCTION customers_guard_suitability();
DROP TRIGGER suitability_check_stays ON customers_suitabilitycheck;
DROP TRIGGER suitability_matrix_stays ON customers_suitabilitymatrix;
"""


def enter(apps, schema_editor):
    rules = apps.get_model("customers", "SuitabilityRule").objects
    for code, place, value, unit, begins, source, unsure in RULES:
        said = {"value": value, "unit": unit, "source": source, "needs_confirmation": unsure}
        rules.get_or_create(code=code, jurisdiction=place, valid_from=begins, defaults=said)
    matrices = apps.get_model("customers", "SuitabilityMatrix").objects
    for place, begins, source in MATRICES:
        said = {"lines": LINES, "cells": CELLS, "source": source, "needs_confirmation": True}
        matrices.get_or_create(jurisdiction=place, valid_from=begins, defaults=said)
    cooling = apps.get_model("customers", "CoolingOffRule").objects
    for line, place, days, longer, source in COOLING_OFF:
        said = {"value": days, "longer_than_months": longer, "source": source, "needs_confirmation": True}
        cooling.get_or_create(line=line, jurisdiction=place, valid_from=BEGINNING, defaults=said)


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0026_suitability"),
        ("audit", "0001_initial"),
        ("staff", "0006_foureyes_guards"),
    ]
    operations = [
        AuditTable("customers_suitabilityrule"),
        AuditTable("customers_suitabilitymatrix"),
        AuditTable("customers_suitabilityresult", personal=["review_reason"]),
        AuditTable("customers_suitabilitycheck", personal=["facts"]),
        AuditTable("customers_coolingoffrule"),
        AuditTable("customers_coolingoff", personal=["reason"]),
        migrations.RunPython(enter, migrations.RunPython.noop),
        migrations.RunSQL(GUARDS, UNGUARD),
        SeedPolicy("customers.suitability.matrix", "customers.check_suitability", escalate_to="management"),
        SeedPolicy("customers.cooling_off.withdraw", "customers.check_withdrawal"),
        GuardedColumns(
            "customers_suitabilitymatrix",
            ["jurisdiction", "valid_from", "cells", "lines"],
            command="customers.suitability.matrix",
            on=["insert"],
        ),
        GuardedColumns("customers_coolingoff", ["amount"], command="customers.cooling_off.withdraw"),
    ]
