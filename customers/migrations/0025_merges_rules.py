from django.db import migrations

from audit.operations import AuditTable
from staff.operations import GuardedColumns, SeedPolicy

ROLLED = "d.day, d.line, d.kind, d.currency, d.n, d.inflow, d.outflow, d.inflow + d.outflow AS turnover, d.largest, d.squares"
MOVED = (
    "t.booked_on, t.line, t.kind, t.currency, 1, greatest(t.amount, 0), greatest(-t.amount, 0), abs(t.amount), abs(t.amount),"
    " t.amount * t.amount"
)
KEPT = "t.line <> ALL (ARRAY(SELECT line FROM customers_activityline))"
# Who was merged into another customer did what that customer did. Apart, so that one customer is still found by an index.
VIEW = f"""
CREATE OR REPLACE VIEW customers_activity AS
SELECT d.customer_id, {ROLLED}
FROM customers_dailyactivity d
WHERE NOT EXISTS (SELECT FROM customers_customer m WHERE m.id = d.customer_id AND m.merged_into_id IS NOT NULL)
UNION ALL
SELECT m.merged_into_id, {ROLLED}
FROM customers_customer m
JOIN customers_dailyactivity d ON d.customer_id = m.id
WHERE m.merged_into_id IS NOT NULL
UNION ALL
SELECT t.customer_id, {MOVED}
FROM customers_transaction t
WHERE {KEPT}
  AND NOT EXISTS (SELECT FROM customers_customer m WHERE m.id = t.customer_id AND m.merged_into_id IS NOT NULL)
UNION ALL
SELECT m.merged_into_id, {MOVED}
FROM customers_customer m
JOIN customers_transaction t ON t.customer_id = m.id
WHERE m.merged_into_id IS NOT NULL AND {KEPT}
"""
AS_BEFORE = """
CREATE OR REPLACE VIEW customers_activity AS
SELECT customer_id, day, line, kind, currency, n, inflow, outflow, inflow + outflow AS turnover, largest, squares
FROM customers_dailyactivity
UNION ALL
SELECT customer_id, booked_on, line, kind, currency, 1, greatest(amount, 0), greatest(-amount, 0), abs(amount), abs(amount),
       amount * amount
FROM customers_transaction
WHERE line <> ALL (ARRAY(SELECT line FROM customers_activityline))
"""


class Migration(migrations.Migration):
    """A number leads to another customer only where two people agreed: by SQL no more than by the page."""

    dependencies = [("customers", "0024_merges"), ("staff", "0006_foureyes_guards"), ("audit", "0001_initial")]
    operations = [
        migrations.RunSQL(VIEW, AS_BEFORE),
        AuditTable("customers_merge"),
        AuditTable("customers_mergefield", personal=["was", "became"]),
        AuditTable("customers_mergemove"),
        SeedPolicy("customers.merge", "customers.check_merge"),
        SeedPolicy("customers.unmerge", "customers.check_merge"),
        GuardedColumns("customers_customer", ["merged_into_id"], command=["customers.merge", "customers.unmerge"]),
    ]
