-- One row of the result: a loan whose grade is new or differs from the one that stands. Rows that stay as they are are not
-- written, so an ordinary night writes what moved. day: the business date; run: the nightly run.
WITH stated AS (
    -- What the source says outright counts from the day that it says it for; before, a loan is merely running.
    SELECT l.id, l.principal, l.outstanding, l.periods, l.disbursed_on, l.matures_on, l.reported_on, p.jurisdiction,
           CASE WHEN coalesce(
                    l.reported_on,
                    CASE WHEN l.reported_state IN ('repaid', 'unpaid') THEN l.matures_on END,
                    l.disbursed_on
                ) <= %(day)s THEN l.reported_state ELSE 'running' END AS state
    FROM customers_loan l
    JOIN products_product p ON p.id = l.product_id
    WHERE l.disbursed_on <= %(day)s
),
schedule AS (
    SELECT i.loan_id,
           bool_or(i.paid_on IS NOT NULL OR i.paid > 0) AS has_payments,
           bool_and(i.paid_on IS NOT NULL AND i.paid_on <= %(day)s) AS all_paid,
           min(i.due_on) FILTER (
               WHERE i.due_on <= %(day)s AND (i.paid_on IS NULL OR i.paid_on > %(day)s)
           ) AS oldest_unpaid,
           coalesce(sum(i.principal) FILTER (WHERE i.paid_on <= %(day)s), 0) AS repaid,
           coalesce(sum(i.principal) FILTER (WHERE i.due_on <= %(day)s), 0) AS scheduled
    FROM customers_instalment i
    GROUP BY i.loan_id
),
known AS (
    -- Unpaid instalments prove arrears only where payments are recorded at all, or where nobody has said how the loan stands:
    -- a source that states "in arrears" and lists no payment says nothing about the first instalment.
    SELECT s.*, i.all_paid, i.repaid, i.scheduled,
           i.loan_id IS NOT NULL AND (i.has_payments OR s.reported_on IS NULL) AS is_evidence,
           CASE WHEN i.has_payments OR s.reported_on IS NULL THEN i.oldest_unpaid END AS oldest_unpaid
    FROM stated s
    LEFT JOIN schedule i ON i.loan_id = s.id
),
measured AS (
    SELECT id, principal, outstanding, periods, disbursed_on, reported_on, jurisdiction, state, repaid, scheduled, is_evidence,
           state = 'repaid' OR (is_evidence AND all_paid) AS is_closed,
           NOT (state = 'arrears' AND oldest_unpaid IS NULL
                OR state = 'unpaid' AND oldest_unpaid IS NULL AND matures_on IS NULL) AS days_known,
           greatest(
               0,
               coalesce(%(day)s::date - oldest_unpaid, 0),
               CASE WHEN state = 'unpaid' THEN coalesce(%(day)s::date - matures_on, 0) ELSE 0 END
           ) AS days
    FROM known
),
balanced AS (
    SELECT id, jurisdiction, state, is_closed, days_known OR is_closed AS days_known,
           CASE WHEN is_closed THEN 0 ELSE days END AS days,
           CASE
               WHEN is_closed THEN 0
               WHEN is_evidence THEN greatest(principal - repaid, 0)
               WHEN outstanding IS NOT NULL AND coalesce(reported_on, disbursed_on) <= %(day)s THEN outstanding
               -- In trouble and no payment on record: the whole principal, the most that it can be.
               WHEN state IN ('arrears', 'unpaid', 'written_off') THEN principal
               -- In order and no payment on record: what the schedule leaves, or equal parts of principal a month.
               WHEN scheduled IS NOT NULL THEN greatest(principal - scheduled, 0)
               ELSE round(principal * (1 - least(1, (
                   12 * extract(year FROM age(%(day)s::date, disbursed_on)) + extract(month FROM age(%(day)s::date, disbursed_on))
               ) / greatest(periods, 1))), 2)
           END AS left_over
    FROM measured
),
in_force AS (
    SELECT jurisdiction, loan_class, days_from,
           lead(days_from) OVER (PARTITION BY jurisdiction ORDER BY days_from) AS next_from
    FROM (
        SELECT DISTINCT ON (jurisdiction, loan_class) jurisdiction, loan_class, days_from
        FROM risk_loanclassrule
        WHERE valid_from <= %(day)s AND (valid_to IS NULL OR valid_to >= %(day)s)
        ORDER BY jurisdiction, loan_class, valid_from DESC
    ) AS newest
),
graded AS (
    SELECT b.id, b.days, b.days_known, b.left_over, NOT b.is_closed AS is_open,
           CASE
               WHEN b.is_closed THEN 'pass'
               WHEN b.state = 'written_off' THEN 'loss'
               -- A loan that ended unpaid, or is in arrears for nobody knows how long, is never better than substandard.
               WHEN (b.state = 'unpaid' OR NOT b.days_known) AND r.loan_class IN ('pass', 'special_mention') THEN 'substandard'
               ELSE r.loan_class
           END AS loan_class
    FROM balanced b
    JOIN in_force r
        ON r.jurisdiction = CASE WHEN b.jurisdiction IN (SELECT jurisdiction FROM in_force) THEN b.jurisdiction ELSE 'CN' END
        AND b.days >= r.days_from
        AND (r.next_from IS NULL OR b.days < r.next_from)
),
not_yet_granted AS (
    -- A run for an earlier day than the one before it: grades of loans that did not exist yet go.
    DELETE FROM risk_loangrade g USING customers_loan l WHERE l.id = g.loan_id AND l.disbursed_on > %(day)s
)
INSERT INTO risk_loangrade AS stood (loan_id, as_of, loan_class, days_past_due, days_known, outstanding, is_open, since, run)
SELECT n.id, %(day)s, n.loan_class, n.days, n.days_known, n.left_over, n.is_open, %(day)s, %(run)s
FROM graded n
LEFT JOIN risk_loangrade o ON o.loan_id = n.id
WHERE o.loan_id IS NULL
   OR (o.loan_class, o.days_past_due, o.days_known, o.outstanding, o.is_open)
      IS DISTINCT FROM (n.loan_class, n.days, n.days_known, n.left_over, n.is_open)
ORDER BY n.id
ON CONFLICT (loan_id) DO UPDATE SET
    as_of = excluded.as_of,
    loan_class = excluded.loan_class,
    days_past_due = excluded.days_past_due,
    days_known = excluded.days_known,
    outstanding = excluded.outstanding,
    is_open = excluded.is_open,
    since = CASE WHEN stood.loan_class = excluded.loan_class THEN least(stood.since, excluded.since) ELSE excluded.since END,
    run = excluded.run
