-- One row: an account and its balance as of the business date. An account whose balance is newer than that date had then what its last
-- movement until then left.
CREATE TEMP TABLE account_standing ON COMMIT DROP AS
SELECT a.id AS account_id, a.customer_id, a.product_id, a.currency,
       CASE WHEN a.balance_on > %(day)s THEN coalesce((
           SELECT balance_after
           FROM customers_transaction
           WHERE account_id = a.id AND booked_on <= %(day)s AND balance_after IS NOT NULL
           ORDER BY booked_on DESC, id DESC
           LIMIT 1
       ), 0) ELSE a.balance END AS balance
FROM customers_account a
WHERE a.opened_on <= %(day)s AND (a.closed_on IS NULL OR a.closed_on > %(day)s)
