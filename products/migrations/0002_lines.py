from django.db import migrations

from audit.operations import AuditTable

LINES = ["payment", "p2p", "wealth", "insurance", "fund", "supply_chain"]

GUARD = """
CREATE FUNCTION products_guard_submitted_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'submitted' THEN
        RAISE EXCEPTION 'Version % of product % was submitted and never changes: make a new version.', OLD.number, OLD.product_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER submitted_version_never_changes BEFORE UPDATE OR DELETE ON products_productversion
    FOR EACH ROW EXECUTE FUNCTION products_guard_submitted_version();
ALTER TABLE products_productversion ENABLE ALWAYS TRIGGER submitted_version_never_changes;
"""
UNGUARD = """
DROP TRIGGER submitted_version_never_changes ON products_productversion;
DROP FUNCTION products_guard_submitted_version();
"""


def make_lines(apps, schema_editor):
    line = apps.get_model("products", "BusinessLine")
    for position, code in enumerate(LINES, start=1):
        line.objects.get_or_create(code=code, defaults={"position": position})


class Migration(migrations.Migration):
    dependencies = [("products", "0001_initial"), ("audit", "0001_initial")]
    operations = [
        AuditTable("products_businessline", key="code"),
        AuditTable("products_product"),
        AuditTable("products_productversion"),
        AuditTable("products_productrate"),
        AuditTable("products_productfee"),
        AuditTable("products_productdocument"),
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunPython(make_lines, migrations.RunPython.noop),
    ]
