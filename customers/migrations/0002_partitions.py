from django.db import migrations

from audit.operations import AppendOnlyTable, AuditTable, PartitionByMonth

PARTITION = """
CREATE TABLE customers_transaction_parted (LIKE customers_transaction) PARTITION BY RANGE (booked_on);
DROP TABLE customers_transaction;
ALTER TABLE customers_transaction_parted RENAME TO customers_transaction;
CREATE SEQUENCE customers_transaction_id_seq AS bigint;
ALTER TABLE customers_transaction
    ALTER COLUMN id SET DEFAULT nextval('customers_transaction_id_seq'),
    ADD PRIMARY KEY (id, booked_on),
    ADD CONSTRAINT transaction_customer_fk FOREIGN KEY (customer_id) REFERENCES customers_customer DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT transaction_account_fk FOREIGN KEY (account_id) REFERENCES customers_account DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT transaction_product_fk FOREIGN KEY (product_id) REFERENCES products_product DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT transaction_source_fk FOREIGN KEY (source_id) REFERENCES customers_source DEFERRABLE INITIALLY DEFERRED,
    ADD CONSTRAINT transaction_batch_fk FOREIGN KEY (batch_id) REFERENCES customers_importrun DEFERRABLE INITIALLY DEFERRED;
ALTER SEQUENCE customers_transaction_id_seq OWNED BY customers_transaction.id;
CREATE INDEX transaction_customer ON customers_transaction (customer_id, booked_on DESC, id DESC);
CREATE INDEX transaction_account ON customers_transaction (account_id, booked_on DESC, id DESC);
CREATE INDEX transaction_batch ON customers_transaction (batch_id);
"""


class Migration(migrations.Migration):
    """The transaction table is made again as one partitioned by month of its business date."""

    dependencies = [("customers", "0001_initial"), ("audit", "0001_initial")]
    operations = [
        migrations.RunSQL(PARTITION, migrations.RunSQL.noop),
        AppendOnlyTable("customers_transaction"),
        PartitionByMonth("customers_transaction", "booked_on"),
        AuditTable(
            "customers_customer",
            personal=["name", "birth_date", "phone", "email", "address", "identity_number"],
            withheld=[
                "search",
                "phone_index",
                "phone_tail_index",
                "email_index",
                "identity_index",
                "identity_tail_index",
            ],
        ),
        AuditTable("customers_source"),
        AuditTable("customers_account"),
        AuditTable("customers_accountholder"),
        AuditTable("customers_standingorder"),
        AuditTable("customers_loan"),
        AuditTable("customers_instalment"),
        AuditTable("customers_interaction"),
        AuditTable("customers_importrun"),
        AuditTable("customers_holding", personal=["card_number"], withheld=["card_index", "card_tail_index"]),
    ]
