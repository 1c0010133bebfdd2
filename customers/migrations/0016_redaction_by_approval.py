from django.db import migrations

# The log knows no other room, so it asks this function, which the room that erases people writes: plain texts go for a customer's
# erasure that two people agreed to and that was carried out, and for nothing else, whoever calls and whatever number they give.
APPROVED = """
CREATE OR REPLACE FUNCTION public.audit_may_redact(record_table text, record_pk text, approval bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT EXISTS (
        SELECT FROM public.staff_changerequest AS r
          JOIN public.customers_erasure AS e ON e.approval_id = r.id
         WHERE r.id = approval AND r.command = 'customers.erase' AND r.state = 'executed'
           AND (record_table <> 'customers_customer' OR record_pk = e.customer_id::text)
    )
$$
"""
OPEN = """
CREATE OR REPLACE FUNCTION public.audit_may_redact(record_table text, record_pk text, approval bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$ SELECT approval > 0 $$
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0015_foureyes_export"), ("audit", "0003_explorer_permissions")]

    operations = [migrations.RunSQL(APPROVED, OPEN)]
