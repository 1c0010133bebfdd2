from datetime import date

from django.db import migrations

from audit.operations import AuditTable

FUNCTIONS = """
-- Whether two long enough names are one but for a single slip: a letter too many, too few, another, or two that changed places.
-- In names of fewer than five letters another letter is another name.
CREATE FUNCTION customers_one_slip(one text, other text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    a text := lower(replace(one, ' ', ''));
    b text := lower(replace(other, ' ', ''));
    at integer := 0;
BEGIN
    IF length(a) < 5 OR length(b) < 5 OR abs(length(a) - length(b)) > 1 THEN RETURN false; END IF;
    WHILE at < length(a) AND substr(a, at + 1, 1) = substr(b, at + 1, 1) LOOP at := at + 1; END LOOP;
    RETURN CASE
        WHEN length(a) > length(b) THEN substr(a, at + 2) = substr(b, at + 1)
        WHEN length(a) < length(b) THEN substr(a, at + 1) = substr(b, at + 2)
        ELSE substr(a, at + 2) = substr(b, at + 2)
             OR (substr(a, at + 1, 1) = substr(b, at + 2, 1) AND substr(a, at + 2, 1) = substr(b, at + 1, 1)
                 AND substr(a, at + 3) = substr(b, at + 3)) END;
END $$;

-- What customers share: one row is a key of one customer, named by what it is made of. Two with the same row are compared.
CREATE VIEW customers_matchblock AS
SELECT c.kind, b.block, b.key, k.customer_id
FROM customers_matchkey k
JOIN customers_customer c ON c.id = k.customer_id
CROSS JOIN LATERAL (VALUES
    ('identity', c.identity_index),
    ('phone', c.phone_index),
    ('email', c.email_index),
    ('name_birth', CASE WHEN c.birth_date IS NOT NULL THEN k.sound_index || convert_to(c.birth_date::text, 'UTF8') END),
    ('name_region', CASE WHEN c.region <> '' THEN k.sound_index || convert_to(c.region, 'UTF8') END),
    ('business_name', CASE WHEN c.kind = 'business' THEN k.name_index END),
    ('address', k.address_index)
) AS b (block, key)
WHERE b.key IS NOT NULL
UNION ALL
SELECT c.kind, 'device', d.fingerprint_index, d.customer_id
FROM customers_customerdevice d
JOIN customers_matchkey k ON k.customer_id = d.customer_id
JOIN customers_customer c ON c.id = d.customer_id;
"""
REMOVE = """
DROP VIEW customers_matchblock;
DROP FUNCTION customers_one_slip(text, text);
"""
SINCE = date(1990, 1, 1)
# (field, level): how often among records of one person, how often among records of different people. First estimates; a company
# corrects them by what its own pairs turn out to be, in rows with a later day.
INDIVIDUAL = {
    ("identity", "exact"): (0.95, 0.000001), ("identity", "close"): (0.03, 0.0001), ("identity", "differs"): (0.02, 0.9999),
    ("phone", "exact"): (0.70, 0.00002), ("phone", "close"): (0.02, 0.0001), ("phone", "differs"): (0.28, 0.9999),
    ("email", "exact"): (0.60, 0.000005), ("email", "differs"): (0.40, 0.999),
    ("name", "exact"): (0.85, 0.0005), ("name", "close"): (0.10, 0.004), ("name", "differs"): (0.05, 0.9955),
    ("birth", "exact"): (0.93, 0.00005), ("birth", "close"): (0.05, 0.002), ("birth", "differs"): (0.02, 0.998),
    ("address", "exact"): (0.50, 0.0001), ("address", "differs"): (0.50, 0.999),
    ("device", "exact"): (0.30, 0.00005),
    ("region", "exact"): (0.90, 0.10), ("region", "differs"): (0.10, 0.90),
    ("sex", "exact"): (0.99, 0.50), ("sex", "differs"): (0.01, 0.50),
}  # fmt: skip
BUSINESS = {
    ("identity", "exact"): (0.97, 0.000001), ("identity", "close"): (0.01, 0.0001), ("identity", "differs"): (0.02, 0.9999),
    ("phone", "exact"): (0.60, 0.0005), ("phone", "close"): (0.02, 0.0001), ("phone", "differs"): (0.38, 0.999),
    ("email", "exact"): (0.50, 0.0002), ("email", "differs"): (0.50, 0.999),
    ("name", "exact"): (0.85, 0.00001), ("name", "close"): (0.12, 0.0002), ("name", "differs"): (0.03, 0.9998),
    ("address", "exact"): (0.60, 0.001), ("address", "differs"): (0.40, 0.999),
    ("device", "exact"): (0.20, 0.0005),
    ("region", "exact"): (0.95, 0.10), ("region", "differs"): (0.05, 0.90),
}  # fmt: skip
LIMITS = {"possible": 14.0, "likely": 24.0, "largest_block": 60.0}


def seed(apps, schema_editor):
    weight, limit = apps.get_model("customers", "MatchWeight"), apps.get_model("customers", "MatchLimit")
    for kind, rows in (("individual", INDIVIDUAL), ("business", BUSINESS)):
        weight.objects.bulk_create(
            weight(kind=kind, field=field, level=level, m=m, u=u, valid_from=SINCE)
            for (field, level), (m, u) in rows.items()
        )
    limit.objects.bulk_create(limit(code=code, value=value, valid_from=SINCE) for code, value in LIMITS.items())


class Migration(migrations.Migration):
    """By what customers are compared, what each agreement weighs, and the new tables under the log."""

    dependencies = [("customers", "0020_duplicates"), ("audit", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTIONS, REMOVE),
        AuditTable("customers_matchweight"),
        AuditTable("customers_matchlimit"),
        AuditTable("customers_duplicaterun"),
        AuditTable("customers_duplicatepair", personal=["reason"]),
        AuditTable("customers_customerdevice", withheld=["fingerprint_index"]),
        AuditTable("customers_guarantee"),
        AuditTable("customers_supplylink"),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
