-- The same for a dry run: nothing is taken, and ids that this dry run has met before are known from `ingest_seen`.
WITH met AS (
    INSERT INTO pg_temp.ingest_seen (external_id)
    SELECT external_id FROM pg_temp.ingest_checked WHERE problem IS NULL ORDER BY external_id, row_no
    ON CONFLICT DO NOTHING
    RETURNING external_id
)
INSERT INTO pg_temp.ingest_new (external_id)
SELECT external_id
  FROM met
 WHERE NOT EXISTS (
       SELECT FROM customers_transactionkey k WHERE k.source_id = %(source)s AND k.external_id = met.external_id)
