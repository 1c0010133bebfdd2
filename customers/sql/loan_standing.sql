-- One row: a loan that is not repaid as of the business date, what is owed on it and how late it is. A loan that its source calls
-- repaid owes nothing from the day the source says so; a loan without instalments owes what its source states. The rules are those
-- of the loan classes (grade_loans.sql of the risk room), so that the two agree.
CREATE TEMP TABLE loan_standing ON COMMIT DROP AS
WITH stated AS (
    SELECT l.id, l.customer_id, l.product_id, l.currency, l.principal, l.outstanding, l.periods, l.disbursed_on, l.matures_on, l.reported_on,
           CASE WHEN coalesce(
                    l.reported_on,
                    CASE WHEN l.reported_state IN ('repaid', 'unpaid') THEN l.matures_on END,
                    l.disbursed_on
                ) <= %(day)s THEN l.reported_state ELSE 'running' END AS state
    FROM customers_loan l
    WHERE l.disbursed_on <= %(day)s
),
schedule AS (
    SELECT i.loan_id,
           bool_or(i.paid_on IS NOT NULL OR i.paid > 0) AS has_payments,
           min(i.due_on) FILTER (WHERE i.due_on < %(day)s AND (i.paid_on IS NULL OR i.paid_on > %(day)s)) AS oldest_unpaid,
           coalesce(sum(i.principal) FILTER (WHERE i.paid_on <= %(day)s), 0) AS repaid,
           coalesce(sum(i.principal) FILTER (WHERE i.due_on <= %(day)s), 0) AS scheduled,
           coalesce(sum(
               i.principal + i.interest + i.fee - CASE WHEN i.paid_on IS NULL THEN i.paid ELSE 0 END
           ) FILTER (WHERE i.due_on < %(day)s AND (i.paid_on IS NULL OR i.paid_on > %(day)s)), 0) AS overdue
    FROM stated s
    JOIN customers_instalment i ON i.loan_id = s.id
    WHERE s.state <> 'repaid'
    GROUP BY i.loan_id
),
standing AS (
    -- Unpaid instalments prove arrears only where payments are recorded, or where nobody has said how the loan stands.
    SELECT s.*, i.repaid, i.scheduled,
           i.loan_id IS NOT NULL AND (i.has_payments OR s.reported_on IS NULL) AS is_evidence,
           i.oldest_unpaid, i.overdue
    FROM stated s
    LEFT JOIN schedule i ON i.loan_id = s.id
    WHERE s.state <> 'repaid'
)
SELECT id AS loan_id, customer_id, product_id, currency,
       CASE
           WHEN is_evidence THEN greatest(principal - repaid, 0)
           WHEN outstanding IS NOT NULL AND coalesce(reported_on, disbursed_on) <= %(day)s THEN outstanding
           WHEN state IN ('arrears', 'unpaid', 'written_off') THEN principal
           WHEN scheduled IS NOT NULL THEN greatest(principal - scheduled, 0)
           ELSE round(principal * (1 - least(1, (
               12 * extract(year FROM age(%(day)s::date, disbursed_on)) + extract(month FROM age(%(day)s::date, disbursed_on))
           ) / greatest(periods, 1))), 2)
       END AS outstanding,
       CASE WHEN is_evidence THEN overdue ELSE 0 END AS overdue_amount,
       greatest(
           0,
           CASE WHEN is_evidence THEN coalesce(%(day)s::date - oldest_unpaid, 0) END,
           CASE WHEN state = 'unpaid' THEN coalesce(%(day)s::date - matures_on, 0) END
       ) AS overdue_days,
       state IN ('arrears', 'unpaid') AS in_arrears
FROM standing
