-- One row: what a customer of the range holds on accounts in one currency.
SELECT a.customer_id, a.currency, {balance} AS balance
FROM customers_account a
WHERE a.customer_id BETWEEN %(low)s AND %(high)s
GROUP BY a.customer_id, a.currency
