from django.db import migrations

PARENTS = {
    "customer": "customers_customer",
    "account": "customers_account",
    "product": "products_product",
    "source": "customers_source",
    "batch": "customers_importrun",
}

CHECK = """
-- Every row that a statement added refers to rows that are there. Foreign keys would say the same with five look-ups
-- a row and cost five times what the row itself does; this is one join a statement.
CREATE FUNCTION customers_check_references() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stray text;
BEGIN
    SELECT concat_ws(', ', CASE WHEN c.id IS NULL THEN 'customer ' || r.customer_id END,
                           CASE WHEN r.account_id IS NOT NULL AND a.id IS NULL THEN 'account ' || r.account_id END,
                           CASE WHEN r.product_id IS NOT NULL AND p.id IS NULL THEN 'product ' || r.product_id END,
                           CASE WHEN s.id IS NULL THEN 'source ' || r.source_id END,
                           CASE WHEN r.batch_id IS NOT NULL AND b.id IS NULL THEN 'import ' || r.batch_id END)
      INTO stray
      FROM (SELECT DISTINCT customer_id, account_id, product_id, source_id, batch_id FROM added) AS r
      LEFT JOIN customers_customer c ON c.id = r.customer_id
      LEFT JOIN customers_account a ON a.id = r.account_id
      LEFT JOIN products_product p ON p.id = r.product_id
      LEFT JOIN customers_source s ON s.id = r.source_id
      LEFT JOIN customers_importrun b ON b.id = r.batch_id
     WHERE c.id IS NULL OR s.id IS NULL OR (r.account_id IS NOT NULL AND a.id IS NULL)
        OR (r.product_id IS NOT NULL AND p.id IS NULL) OR (r.batch_id IS NOT NULL AND b.id IS NULL)
     LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'A transaction refers to what is not there: %.', stray USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER references_stand AFTER INSERT ON customers_transaction
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION customers_check_references();
ALTER TABLE customers_transaction ENABLE ALWAYS TRIGGER references_stand;

-- The other side: what transactions refer to is neither deleted nor given another id. Argument: the referring column.
CREATE FUNCTION customers_keep_referred() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    used boolean;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.id = OLD.id THEN RETURN NEW; END IF;
    EXECUTE format('SELECT EXISTS (SELECT FROM public.customers_transaction WHERE %I = $1)', TG_ARGV[0])
       INTO used USING OLD.id;
    IF used THEN
        RAISE EXCEPTION 'Transactions refer to % % of %.', TG_ARGV[0], OLD.id, TG_TABLE_NAME
              USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""
UNCHECK = """
DROP TRIGGER references_stand ON customers_transaction;
DROP FUNCTION customers_check_references();
DROP FUNCTION customers_keep_referred() CASCADE;
"""
KEEP = """
ALTER TABLE customers_transaction DROP CONSTRAINT IF EXISTS transaction_{column}_fk;
CREATE TRIGGER transactions_refer_to_it BEFORE DELETE OR UPDATE OF id ON {table}
    FOR EACH ROW EXECUTE FUNCTION customers_keep_referred('{column}_id');
ALTER TABLE {table} ENABLE ALWAYS TRIGGER transactions_refer_to_it;
"""
LET_GO = """
ALTER TABLE customers_transaction ADD CONSTRAINT transaction_{column}_fk FOREIGN KEY ({column}_id) REFERENCES {table}
    DEFERRABLE INITIALLY DEFERRED;
"""


class Migration(migrations.Migration):
    """A transaction's references are checked once a statement instead of five times a row (docs/decisions/)."""

    dependencies = [("customers", "0005_portrait_without_key"), ("products", "0001_initial")]
    operations = [
        migrations.RunSQL(CHECK, UNCHECK),
        *(
            migrations.RunSQL(KEEP.format(column=column, table=table), LET_GO.format(column=column, table=table))
            for column, table in PARENTS.items()
        ),
    ]
