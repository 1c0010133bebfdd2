-- One row: what a due customer holds on accounts in their own currency, looked up one by one: few are due.
SELECT d.customer_id, d.currency,
       (SELECT {balance} FROM customers_account a WHERE a.customer_id = d.customer_id AND a.currency = d.currency) AS balance
FROM portrait_due d
