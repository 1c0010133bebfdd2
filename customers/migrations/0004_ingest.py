from django.db import migrations

from audit.operations import AuditTable

FUNCTIONS = """
-- A real day, or null: 1993-02-29 is none. Inlined by the planner, so it costs what its arithmetic costs.
CREATE FUNCTION customers_day(y integer, m integer, d integer) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN y BETWEEN 1 AND 9999 AND m BETWEEN 1 AND 12 AND d BETWEEN 1 AND
                     CASE WHEN m = 2 THEN CASE WHEN y % 4 = 0 AND (y % 100 <> 0 OR y % 400 = 0) THEN 29 ELSE 28 END
                          WHEN m IN (4, 6, 9, 11) THEN 30 ELSE 31 END
                THEN make_date(y, m, d) END
$$;
-- A moment of text that already looks like ISO 8601, or null where its day, hour, minute, second or offset is none.
CREATE FUNCTION customers_moment(written text, zone text) RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN customers_day(substr(written, 1, 4)::int, substr(written, 6, 2)::int, substr(written, 9, 2)::int)
                     IS NOT NULL
                 AND substr(written, 12, 2)::int < 24 AND substr(written, 15, 2)::int < 60
                 AND coalesce(substring(written FROM '^.{16}:([0-9]{2})')::int, 0) < 60
                 AND coalesce(substring(written FROM '[+-]([0-9]{2}):?[0-9]{2}$')::int, 0) <= 14
                 AND coalesce(substring(written FROM '[+-][0-9]{2}:?([0-9]{2})$')::int, 0) < 60
                THEN CASE WHEN substr(written, 17) ~ '(Z|[+-].*)$' THEN written::timestamptz
                          ELSE written::timestamp AT TIME ZONE zone END END
$$;
"""
REMOVE = """
DROP FUNCTION customers_moment(text, text);
DROP FUNCTION customers_day(integer, integer, integer);
"""


class Migration(migrations.Migration):
    """Checked dates for the importer; a run's sign of life is no event."""

    dependencies = [("customers", "0003_activity_rounds"), ("audit", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTIONS, REMOVE),
        AuditTable("customers_importrun", ignored=["beat_at"]),
    ]
