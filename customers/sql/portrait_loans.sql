-- One row: what a customer owes in one currency on all loans as of the business date, and how late the latest one is.
CREATE TEMP TABLE portrait_loans ON COMMIT DROP AS
SELECT customer_id, currency, sum(outstanding) AS outstanding, sum(overdue_amount) AS overdue_amount,
       max(overdue_days) AS overdue_days, bool_or(in_arrears) AS in_arrears
FROM loan_standing
GROUP BY customer_id, currency
