-- One row: an account and its balance as of the business date. An account whose balance is newer than that date had then what its last
-- movement until then left.
CREATE TEMP TABLE account_standing ON COMMIT DROP AS
SELECT a.id AS account_id, a.customer_id, a.product_id, a.currency, a.balance
FROM customers_account a
WHERE a.opened_on <= %(day)s AND (a.closed_on IS NULL OR a.closed_on > %(day)s)
  AND (a.balance_on IS NULL OR a.balance_on <= %(day)s)
UNION ALL
SELECT a.id, a.customer_id, a.product_id, a.currency, coalesce(t.balance_after, 0)
FROM customers_account a
LEFT JOIN LATERAL (
    SELECT balance_after
    FROM customers_transaction
    WHERE account_id = a.id AND booked_on <= %(day)s AND balance_after IS NOT NULL
    ORDER BY booked_on DESC, id DESC
    LIMIT 1
) AS t ON true
WHERE a.opened_on <= %(day)s AND (a.closed_on IS NULL OR a.closed_on > %(day)s) AND a.balance_on > %(day)s
