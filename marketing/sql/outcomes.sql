-- One row for each variant of a campaign, and one ('') for those held out: how many people, what came back of the messages, who
-- converted within the window and how much their owners paid in then (rewards and interest are not brought in by anybody); sums of
-- squares and products for tests of means, with what came in on as many days before. Days are the company's. `loss` is what is
-- expected to be lost of it by the level of risk. Those who never got the message count with their variant: they were meant to
-- get it as those held out were not.
WITH person AS (
    SELECT r.id, r.customer_id, r.at, c.risk_level, (r.at AT TIME ZONE %(zone)s)::date AS first,
           (r.at AT TIME ZONE %(zone)s)::date + %(days)s AS last, CASE WHEN r.is_held THEN '' ELSE v.code END AS variant
      FROM marketing_recipient AS r
      JOIN marketing_campaignvariant AS v ON v.id = r.variant_id
      JOIN customers_customer AS c ON c.id = r.customer_id
     WHERE r.campaign_id = %(campaign)s AND r.exclusion = ''
), moved AS (
    SELECT p.id,
           coalesce(sum(a.inflow) FILTER (WHERE a.kind IN ('deposit', 'transfer') AND a.day >= p.first AND a.day <= p.last), 0)
               AS amount,
           coalesce(sum(a.inflow) FILTER (WHERE a.kind IN ('deposit', 'transfer') AND a.day < p.first), 0) AS before,
           coalesce(sum(a.n) FILTER (WHERE a.day >= p.first AND a.day <= p.last), 0) AS n
      FROM person AS p
      JOIN customers_activity AS a
        ON a.customer_id = p.customer_id AND a.currency = %(currency)s
       AND a.day >= p.first - %(days)s AND a.day <= p.last
     GROUP BY p.id
), opened AS (
    SELECT DISTINCT p.id
      FROM person AS p
      JOIN (SELECT customer_id, opened_on FROM customers_account
             UNION ALL SELECT customer_id, opened_on FROM customers_holding) AS o
        ON o.customer_id = p.customer_id AND o.opened_on BETWEEN p.first AND p.last
), redeemed AS (
    SELECT p.id, sum(d.amount) AS amount, sum(d.amount) FILTER (WHERE b.score >= k.threshold) AS abused
      FROM person AS p
      JOIN marketing_redemption AS d ON d.customer_id = p.customer_id AND d.offer_id = %(offer)s
                                    AND d.at >= p.at AND d.at < p.at + make_interval(days => %(days)s)
      JOIN marketing_redemptionstate AS s ON s.redemption_id = d.id AND s.state = 'committed'
      LEFT JOIN marketing_abusescore AS b ON b.redemption_id = d.id
      LEFT JOIN marketing_abuserule AS k ON k.id = b.rule_id
     GROUP BY p.id
), answered AS (
    SELECT p.id, bool_or(w.kind = 'opened') AS opened, bool_or(w.kind = 'clicked') AS clicked,
           bool_or(w.kind = 'bounced') AS bounced, bool_or(w.kind = 'unsubscribed') AS unsubscribed,
           bool_or(w.kind = 'complained') AS complained
      FROM person AS p
      JOIN marketing_response AS w ON w.recipient_id = p.id
     GROUP BY p.id
), grieved AS (
    SELECT DISTINCT p.id
      FROM person AS p
      JOIN service_ticket AS t ON t.customer_id = p.customer_id
      JOIN service_complaint AS k ON k.ticket_id = t.id AND k.received_on BETWEEN p.first AND p.last
), told AS (
    SELECT p.variant, p.risk_level, d.state, a.opened, a.clicked, a.bounced, a.unsubscribed, a.complained,
           g.id IS NOT NULL AS grieved, coalesce(f.overdue_days, 0) > 0 AS overdue,
           coalesce(m.amount, 0)::float8 AS amount, coalesce(m.before, 0)::float8 AS before,
           coalesce(x.amount, 0) AS incentive, coalesce(x.abused, 0) AS abused,
           CASE %(conversion)s
               WHEN 'deposit' THEN coalesce(m.amount, 0) > 0
               WHEN 'movement' THEN coalesce(m.n, 0) > 0
               WHEN 'account' THEN o.id IS NOT NULL
               WHEN 'redemption' THEN x.id IS NOT NULL
               ELSE coalesce(a.clicked, false) END AS converted
      FROM person AS p
      LEFT JOIN marketing_delivery AS d ON d.recipient_id = p.id
      LEFT JOIN moved AS m ON m.id = p.id
      LEFT JOIN opened AS o ON o.id = p.id
      LEFT JOIN redeemed AS x ON x.id = p.id
      LEFT JOIN answered AS a ON a.id = p.id
      LEFT JOIN grieved AS g ON g.id = p.id
      LEFT JOIN customers_portrait AS f ON f.customer_id = p.customer_id
)
SELECT variant, count(*), count(*) FILTER (WHERE state = 'sent'), count(*) FILTER (WHERE bounced),
       count(*) FILTER (WHERE opened), count(*) FILTER (WHERE clicked), count(*) FILTER (WHERE unsubscribed),
       count(*) FILTER (WHERE complained), count(*) FILTER (WHERE grieved), count(*) FILTER (WHERE overdue),
       count(*) FILTER (WHERE converted), sum(amount), sum(amount * amount), sum(before), sum(before * before),
       sum(amount * before),
       sum(amount * CASE risk_level WHEN 'high' THEN %(loss_high)s WHEN 'medium' THEN %(loss_medium)s ELSE %(loss_low)s END),
       sum(incentive)::numeric(20, 2), sum(abused)::numeric(20, 2)
  FROM told
 GROUP BY variant
 ORDER BY variant
