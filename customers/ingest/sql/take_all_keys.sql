-- Rows: ids among the checked rows, taken by this import. One that another import took is a violation of the table's key, which
-- undoes this statement; without ON CONFLICT it costs two thirds. A second import that brings the same ids waits here until
-- this one is kept or undone; in one order, so that two of them never wait for each other.
INSERT INTO customers_transactionkey (source_id, external_id, booked_on)
SELECT %(source)s, external_id, booked_on
  FROM pg_temp.ingest_checked
 WHERE problem IS NULL
 ORDER BY external_id
