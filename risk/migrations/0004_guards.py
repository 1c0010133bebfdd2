from django.db import migrations

# ENABLE ALWAYS: a session that calls itself a replica is refused as well.
GUARDS = """
CREATE FUNCTION risk_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is never changed or removed: add a new row instead.', TG_TABLE_NAME USING ERRCODE =
    'restrict_violation';
END
$$;
CREATE TRIGGER rating_stays BEFORE UPDATE OR DELETE ON risk_riskrating
    FOR EACH ROW EXECUTE FUNCTION risk_refuse_change();
ALTER TABLE risk_riskrating ENABLE ALWAYS TRIGGER rating_stays;
CREATE TRIGGER reading_stays BEFORE UPDATE OR DELETE ON risk_indicatorreading
    FOR EACH ROW EXECUTE FUNCTION risk_refuse_change();
ALTER TABLE risk_indicatorreading ENABLE ALWAYS TRIGGER reading_stays;
"""
REMOVE = """
DROP TRIGGER reading_stays ON risk_indicatorreading;
DROP TRIGGER rating_stays ON risk_riskrating;
DROP FUNCTION risk_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("risk", "0003_indicator_failures")]
    operations = [migrations.RunSQL(GUARDS, REMOVE)]
