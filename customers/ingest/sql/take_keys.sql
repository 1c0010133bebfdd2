-- Rows: the external ids among the checked rows that no import has taken yet, now taken by this one. A second import that
-- brings the same ids waits here until this one is kept or undone. In one order, so that two of them never wait for each other.
WITH taken AS (
    INSERT INTO customers_transactionkey (source_id, external_id, booked_on)
    SELECT %(source)s, external_id, booked_on
      FROM pg_temp.ingest_checked
     WHERE problem IS NULL
     ORDER BY external_id, row_no
    ON CONFLICT DO NOTHING
    RETURNING external_id
)
INSERT INTO pg_temp.ingest_new (external_id)
SELECT external_id FROM taken
