-- Rows: accounts whose balance follows from the newest transaction that this run brought, if none newer was known before.
-- In one order, so that two runs that end together wait for each other.
WITH newest AS (
    SELECT DISTINCT ON (account_id) account_id, booked_on, balance_after
      FROM customers_transaction
     WHERE batch_id = %(run)s AND account_id IS NOT NULL AND balance_after IS NOT NULL
     ORDER BY account_id, booked_on DESC, id DESC
), locked AS (
    SELECT a.id, n.balance_after, n.booked_on
      FROM customers_account a
      JOIN newest n ON n.account_id = a.id
     WHERE (a.balance_on IS NULL OR a.balance_on <= n.booked_on)
       AND (a.balance, a.balance_on) IS DISTINCT FROM (n.balance_after, n.booked_on)
     ORDER BY a.id
       FOR UPDATE OF a
)
UPDATE customers_account AS a
   SET balance = locked.balance_after, balance_on = locked.booked_on
  FROM locked
 WHERE locked.id = a.id
