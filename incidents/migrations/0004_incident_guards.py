"""Incidents, losses and crises under the log; what was written down stays; the rules of notice."""

from datetime import date

from django.db import migrations

from audit.operations import AuditTable

STAYS = ["incidents_incidententry", "incidents_lossentry", "incidents_crisisdecision"]
EACH = """
CREATE TRIGGER row_stays BEFORE UPDATE OR DELETE ON {0} FOR EACH ROW EXECUTE FUNCTION risk_refuse_change();
ALTER TABLE {0} ENABLE ALWAYS TRIGGER row_stays;
"""
# What takes an entry back is of the same loss, kind and amount; an entry that takes back is not taken back.
REVERSAL = """
CREATE FUNCTION incidents_guard_reversal() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.reverses_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM incidents_lossentry AS e
             WHERE e.id = NEW.reverses_id AND e.loss_id = NEW.loss_id AND e.kind = NEW.kind
               AND e.amount = -NEW.amount AND e.reverses_id IS NULL) THEN
        RAISE EXCEPTION 'An entry is taken back whole, within its loss and kind.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER taken_back_whole BEFORE INSERT ON incidents_lossentry
    FOR EACH ROW EXECUTE FUNCTION incidents_guard_reversal();
ALTER TABLE incidents_lossentry ENABLE ALWAYS TRIGGER taken_back_whole;
"""
UNDO = "DROP TRIGGER taken_back_whole ON incidents_lossentry; DROP FUNCTION incidents_guard_reversal();" + "".join(
    f"DROP TRIGGER row_stays ON {table};" for table in STAYS
)
TABLES = [
    "incident", "incidententry", "incidentaction", "noticerule", "incidentclock", "lossevent", "lossentry", "lossmatch",
    "crisis", "crisisdecision",
]  # fmt: skip
OURS = "Company policy"
# kind, jurisdiction, told to, hours, from, source, needs confirmation
RULES = [
    ("personal_data", "EU", "authority", 72, date(2018, 5, 25), "GDPR art. 33(1), after becoming aware of it", False),
    ("personal_data", "CN", "authority", 24, date(2021, 11, 1), "PIPL art. 57 says at once; the hours are company policy", True),
    ("personal_data", "CN", "persons", 24, date(2021, 11, 1), "PIPL art. 57 says at once; the hours are company policy", True),
    ("", "", "management", 24, date(1990, 1, 1), OURS, True),
]  # fmt: skip
FIELDS = ("kind", "jurisdiction", "told", "hours", "valid_from", "source", "needs_confirmation")


def seed(apps, schema_editor):
    rule = apps.get_model("incidents", "NoticeRule")
    rule.objects.bulk_create(rule(**dict(zip(FIELDS, row, strict=True))) for row in RULES)


class Migration(migrations.Migration):
    dependencies = [("incidents", "0003_incidents_losses_crises")]
    operations = [
        migrations.RunSQL("".join(EACH.format(table) for table in STAYS) + REVERSAL, UNDO),
        *(AuditTable(f"incidents_{table}") for table in TABLES),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
