-- One row: a customer about whom something changed that a rule asks about, as the log and the nightly rounds say. xid and since:
-- changes in the log from there on have not been looked at. tables: those that the rule reads.
CREATE TEMP TABLE segment_due ON COMMIT DROP AS
WITH logged AS (
    SELECT kind, table_name, pk, changed, body
      FROM audit_event
     WHERE at >= %(since)s AND xid >= %(xid)s AND table_name = ANY (%(tables)s::text[])
       AND kind IN ('insert', 'update', 'delete')
),
-- Rows that name their customer: deleted ones and those that went from one to another say in the log whose they were.
touched AS (
    SELECT pk::bigint AS customer_id FROM logged WHERE table_name = 'customers_customer'
     UNION ALL
    SELECT (body::jsonb -> 'customer_id' ->> side)::bigint
      FROM logged, generate_series(0, 1) AS side
     WHERE table_name <> 'customers_customer' AND kind = 'update' AND 'customer_id' = ANY (changed)
     UNION ALL
    SELECT (body::jsonb ->> 'customer_id')::bigint
      FROM logged WHERE table_name <> 'customers_customer' AND kind = 'delete'
     UNION ALL
    SELECT x.customer_id FROM customers_account x
     WHERE x.id IN (SELECT pk::bigint FROM logged WHERE table_name = 'customers_account' AND kind <> 'delete')
     UNION ALL
    SELECT x.customer_id FROM customers_holding x
     WHERE x.id IN (SELECT pk::bigint FROM logged WHERE table_name = 'customers_holding' AND kind <> 'delete')
     UNION ALL
    SELECT x.customer_id FROM customers_loan x
     WHERE x.id IN (SELECT pk::bigint FROM logged WHERE table_name = 'customers_loan' AND kind <> 'delete')
     UNION ALL
    SELECT x.customer_id FROM customers_customertag x
     WHERE x.id IN (SELECT pk::bigint FROM logged WHERE table_name = 'customers_customertag' AND kind <> 'delete')
     UNION ALL
    SELECT x.customer_id FROM customers_consent x
     WHERE x.id IN (SELECT pk::bigint FROM logged WHERE table_name = 'customers_consent' AND kind <> 'delete')
     UNION ALL
    SELECT x.customer_id FROM customers_suitabilityresult x
     WHERE x.id IN (SELECT pk::bigint FROM logged WHERE table_name = 'customers_suitabilityresult' AND kind <> 'delete')
     UNION ALL
    SELECT x.customer_id FROM customers_carriedassessment x
     WHERE x.id IN (SELECT pk::bigint FROM logged WHERE table_name = 'customers_carriedassessment' AND kind <> 'delete')
     UNION ALL
    SELECT customer_id FROM customers_portraitchange
     WHERE round_id > %(round)s AND 'customers_portrait' = ANY (%(tables)s::text[])
),
due AS (
    SELECT DISTINCT customer_id FROM (
        SELECT customer_id FROM touched
         UNION ALL
        {more}
    ) AS found WHERE customer_id IS NOT NULL
)
SELECT customer_id FROM due
 UNION
-- What is said of a number that leads elsewhere is said of whom it leads to.
SELECT c.merged_into_id FROM due JOIN customers_customer c ON c.id = due.customer_id WHERE c.merged_into_id IS NOT NULL
