-- One value: what the accounts `a` of a customer held on the business date. One whose balance is newer had, on that date, what its
-- last movement until then left.
sum(CASE WHEN a.balance_on > %(day)s THEN coalesce((
       SELECT balance_after
       FROM customers_transaction
       WHERE account_id = a.id AND booked_on <= %(day)s AND balance_after IS NOT NULL
       ORDER BY booked_on DESC, id DESC
       LIMIT 1
), 0) ELSE a.balance END)
