-- Rows: the plan of each loan of this run's chunk that has none yet: `periods` instalments a month apart, in the loan's own amount
-- where it states one, the last one taking what is left. Principal of instalment k is what is owed before it less what is owed
-- after it, by the annuity's closed form, so that principals add up to the loan exactly, whatever the rounding.
-- With `paid`, what was due by the day of the report is paid on its due date where the source calls the loan running or repaid
-- (repaid loans by the day of the report at the latest); of loans in arrears it is not known, and nothing is made up.
WITH terms AS (
    SELECT l.id, l.principal, l.periods, l.reported_state, l.reported_on, l.method,
           coalesce(l.first_due_on, (l.disbursed_on + interval '1 month')::date) AS first_due,
           l.annual_rate / 12 AS rate,
           coalesce(l.instalment_amount,
                    CASE WHEN l.annual_rate = 0 THEN round(l.principal / l.periods, 2)
                         ELSE round(l.principal * l.annual_rate / 12 / (1 - power(1 + l.annual_rate / 12, -l.periods)), 2) END) AS amount
      FROM customers_loan l
      JOIN pg_temp.ingest_added a ON a.id = l.id
     WHERE NOT EXISTS (SELECT FROM customers_instalment i WHERE i.loan_id = l.id)
), owed AS (
    SELECT t.*, k,
           CASE WHEN k = 0 THEN principal
                WHEN k = periods OR (method = 'bullet' AND k = periods) THEN 0
                WHEN method IN ('bullet', 'interest_only') THEN principal
                WHEN method = 'equal_principal' THEN principal - round(principal * k / periods, 2)
                ELSE greatest(0, least(principal, round(
                    CASE WHEN rate = 0 THEN principal - amount * k
                         ELSE principal * power(1 + rate, k) - amount * (power(1 + rate, k) - 1) / rate END, 2))) END AS left_over
      FROM terms t
     CROSS JOIN LATERAL generate_series(0, t.periods) AS k
), plan AS (
    SELECT id, k, reported_state, reported_on,
           (first_due + make_interval(months => k - 1))::date AS due_on,
           lag(left_over) OVER of_loan - left_over AS principal,
           round(lag(left_over) OVER of_loan * rate, 2) AS interest
      FROM owed
    WINDOW of_loan AS (PARTITION BY id ORDER BY k)
), dated AS (
    SELECT *,
           CASE WHEN NOT %(paid)s OR reported_on IS NULL THEN NULL
                WHEN reported_state = 'repaid' THEN least(due_on, reported_on)
                WHEN reported_state = 'running' AND due_on <= reported_on THEN due_on END AS paid_on
      FROM plan
     WHERE k > 0
)
INSERT INTO customers_instalment (loan_id, number, due_on, principal, interest, fee, paid, paid_on)
SELECT id, k, due_on, principal, interest, 0,
       CASE WHEN paid_on IS NULL THEN 0 ELSE principal + interest END, paid_on
  FROM dated
 ORDER BY id, k
