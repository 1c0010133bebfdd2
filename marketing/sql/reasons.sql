-- A CTE `judged`: one row for each of `candidate` (customer_id), with the first reason in the order of
-- marketing.models.Exclusion for which a campaign may not write to them at %(at)s; NULL where it may. It is the same whether
-- an audience is counted beforehand, drawn, or looked at again right before sending.
-- `unsuitable` are those for whom customers.services.suitability says no, or only of their own accord.
-- Whatever is known of a customer is looked for by their numbers, so that a batch of some hundreds costs no more for a million.
number AS MATERIALIZED (
    -- The numbers that a candidate answers for: their own, and those that were merged into it.
    SELECT k.customer_id AS id, k.customer_id AS owner_id FROM candidate AS k
     UNION ALL
    SELECT m.id, k.customer_id FROM candidate AS k JOIN customers_customer AS m ON m.merged_into_id = k.customer_id
), unsuitable AS (
    SELECT unnest(%(unsuitable)s::bigint[]) AS customer_id
), newest AS (
    -- The newest word of each number and channel.
    SELECT DISTINCT ON (w.customer_id, w.channel) n.owner_id, w.customer_id, w.given, w.at
      FROM number AS n
      JOIN customers_consent AS w ON w.customer_id = n.id
     WHERE w.purpose = %(purpose)s AND w.channel IN (%(consent_channel)s, 'any') AND w.at <= %(at)s
     ORDER BY w.customer_id, w.channel, w.at DESC, w.id DESC
), of_number AS (
    -- Of the channel's word and that for any the newer one, of two said at once the no.
    SELECT DISTINCT ON (n.customer_id) n.owner_id, n.given FROM newest AS n ORDER BY n.customer_id, n.at DESC, n.given
), word AS (
    -- customers.rules.consents.stricter: a no under any number is a no.
    SELECT w.owner_id AS customer_id, bool_and(w.given) AS given FROM of_number AS w GROUP BY w.owner_id
), suppressed AS (
    -- Under any number: a list learns of a merge only when it is refreshed.
    SELECT DISTINCT n.owner_id AS customer_id
      FROM number AS n
      JOIN marketing_segmentmember AS m ON m.customer_id = n.id AND m.left_at IS NULL
      JOIN marketing_segment AS s ON s.id = m.segment_id
     WHERE s.kind = 'suppression' AND s.archived_at IS NULL OR s.id = ANY (%(suppress)s)
), vulnerable AS (
    SELECT DISTINCT k.customer_id
      FROM candidate AS k
      JOIN customers_customertag AS b ON b.customer_id = k.customer_id
      JOIN customers_tag AS t ON t.id = b.tag_id
     WHERE t.audience = 'care' AND b.ended_at IS NULL AND (b.expires_on IS NULL OR b.expires_on >= %(day)s)
), complaining AS (
    SELECT t.customer_id
      FROM service_complaint AS c
      JOIN service_ticket AS t ON t.id = c.ticket_id
     WHERE c.state = 'open' AND t.customer_id IS NOT NULL
     UNION
    SELECT p.customer_id
      FROM service_complaintparty AS p
      JOIN service_complaint AS c ON c.id = p.complaint_id
     WHERE c.state = 'open' AND p.customer_id IS NOT NULL
), answered AS (
    SELECT n.owner_id AS customer_id, max(r.at) AS at
      FROM number AS n
      JOIN marketing_response AS r ON r.customer_id = n.id
     WHERE r.kind IN ('opened', 'clicked') AND r.at > %(at)s - interval '90 days' AND r.at <= %(at)s
     GROUP BY n.owner_id
), pressure AS (
    SELECT n.owner_id AS customer_id,
           count(*) FILTER (WHERE s.at > %(at)s - interval '7 days') AS week,
           count(*) FILTER (WHERE s.at > %(at)s - interval '30 days') AS month,
           sum(0.5 ^ (extract(epoch FROM %(at)s - s.at) / 1209600)::float8)
               FILTER (WHERE a.at IS NULL OR s.at > a.at) AS fatigue
      FROM number AS n
      JOIN marketing_send AS s ON s.customer_id = n.id
      LEFT JOIN answered AS a ON a.customer_id = n.owner_id
     WHERE s.outcome IN ('sent', 'unknown') AND s.at > %(at)s - interval '90 days' AND s.at <= %(at)s
     GROUP BY n.owner_id
), ahead AS (
    -- Messages of other campaigns that go first and have not gone out yet.
    SELECT d.customer_id, count(*) AS n
      FROM candidate AS k
      JOIN marketing_delivery AS d ON d.customer_id = k.customer_id
      JOIN marketing_campaign AS c ON c.id = d.campaign_id
     WHERE d.state IN ('queued', 'claimed', 'sending') AND c.state IN ('running', 'paused')
       AND d.campaign_id <> %(campaign)s AND (c.priority, c.id) < (%(priority)s, %(campaign)s)
     GROUP BY d.customer_id
), gone_wrong AS (
    SELECT DISTINCT n.owner_id AS customer_id
      FROM number AS n
      JOIN marketing_response AS r ON r.customer_id = n.id
      JOIN marketing_send AS s ON s.recipient_id = r.recipient_id AND s.channel = %(channel)s
     WHERE r.kind IN ('bounced', 'complained') AND r.at > %(at)s - interval '180 days'
), judged AS (
    SELECT c.id AS customer_id, c.jurisdiction, c.language, c.risk_level,
           CASE
               WHEN c.erased_at IS NOT NULL OR c.restricted_at IS NOT NULL OR c.merged_into_id IS NOT NULL
                    OR c.status IN ('frozen', 'closed') THEN 'closed'
               WHEN s.customer_id IS NOT NULL THEN 'suppressed'
               WHEN v.customer_id IS NOT NULL THEN 'vulnerable'
               WHEN o.customer_id IS NOT NULL THEN 'complaint'
               WHEN p.overdue_days > 0 THEN 'overdue'
               WHEN u.customer_id IS NOT NULL THEN 'unsuitable'
               WHEN w.given IS NOT TRUE THEN 'no_consent'
               WHEN %(channel)s = 'email' AND c.email IS NULL OR %(channel)s = 'sms' AND c.phone IS NULL
                    THEN 'no_address'
               WHEN g.customer_id IS NOT NULL THEN 'bounced'
               WHEN coalesce(f.week, 0) >= coalesce(l.cap_week, 2147483647)
                    OR coalesce(f.month, 0) >= coalesce(l.cap_month, 2147483647) THEN 'capped'
               WHEN coalesce(f.fatigue, 0) >= coalesce(l.fatigue, 2147483647) THEN 'fatigued'
               WHEN coalesce(f.week, 0) + coalesce(h.n, 0) >= coalesce(l.cap_week, 2147483647)
                    OR coalesce(f.month, 0) + coalesce(h.n, 0) >= coalesce(l.cap_month, 2147483647) THEN 'outbid'
           END AS reason
      FROM candidate AS k
      JOIN customers_customer AS c ON c.id = k.customer_id
      LEFT JOIN unnest(%(places)s::text[], %(cap_weeks)s::integer[], %(cap_months)s::integer[], %(fatigues)s::integer[])
                AS l (place, cap_week, cap_month, fatigue) ON l.place = c.jurisdiction
      LEFT JOIN customers_portrait AS p ON p.customer_id = c.id
      LEFT JOIN suppressed AS s ON s.customer_id = c.id
      LEFT JOIN vulnerable AS v ON v.customer_id = c.id
      LEFT JOIN complaining AS o ON o.customer_id = c.id
      LEFT JOIN unsuitable AS u ON u.customer_id = c.id
      LEFT JOIN word AS w ON w.customer_id = c.id
      LEFT JOIN gone_wrong AS g ON g.customer_id = c.id
      LEFT JOIN pressure AS f ON f.customer_id = c.id
      LEFT JOIN ahead AS h ON h.customer_id = c.id
)
