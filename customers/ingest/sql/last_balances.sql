-- Rows: accounts whose balance follows from the newest transaction that this run brought, if none newer was known before.
-- The newest is the greatest of day and id in one number (17 bits and 44), which needs no sorting of the run's rows. Accounts
-- are locked in one order, so that two runs that end together wait for each other.
WITH newest AS (
    SELECT account_id, max((booked_on - date '1970-01-01')::bigint << 44 | id) AS place
      FROM customers_transaction
     WHERE batch_id = %(run)s AND account_id IS NOT NULL AND balance_after IS NOT NULL
     GROUP BY account_id
), locked AS (
    SELECT a.id, t.balance_after, t.booked_on
      FROM newest n
      JOIN customers_account a ON a.id = n.account_id
      JOIN customers_transaction t ON t.id = n.place & ((1::bigint << 44) - 1)
       AND t.booked_on = date '1970-01-01' + (n.place >> 44)::int
     WHERE (a.balance_on IS NULL OR a.balance_on <= t.booked_on)
       AND (a.balance, a.balance_on) IS DISTINCT FROM (t.balance_after, t.booked_on)
     ORDER BY a.id
       FOR UPDATE OF a
)
UPDATE customers_account AS a
   SET balance = locked.balance_after, balance_on = locked.booked_on
  FROM locked
 WHERE locked.id = a.id
