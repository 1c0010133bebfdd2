"""The application owns no table, so it neither makes nor drops an index. Two functions of the owner do that for
portraits."""

from django.db import migrations

from customers.sql import statement

MAKE = """
CREATE OR REPLACE FUNCTION public.customers_make_portrait_indexes() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET maintenance_work_mem = '256MB'
AS $function$
BEGIN
    %s;
END $function$;

CREATE OR REPLACE FUNCTION public.customers_drop_portrait_indexes() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $function$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT i.indexrelid::regclass FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
         WHERE i.indrelid = 'public.customers_portrait'::regclass AND c.relname LIKE 'portrait\\_%%'
           AND NOT i.indisunique
    LOOP
        EXECUTE format('DROP INDEX %%s', name);
    END LOOP;
END $function$
"""
UNMAKE = "DROP FUNCTION public.customers_make_portrait_indexes, public.customers_drop_portrait_indexes"


class Migration(migrations.Migration):
    dependencies = [("customers", "0013_privacy_four_eyes")]
    operations = [migrations.RunSQL(MAKE % statement("portrait_indexes"), UNMAKE)]
