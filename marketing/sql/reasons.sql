-- A CTE `judged`: one row for each of `candidate` (customer_id), with the first reason in the order of
-- marketing.models.Exclusion for which a campaign may not write to them at %(at)s; NULL where it may. It is the same whether
-- an audience is counted beforehand, drawn, or looked at again right before sending.
-- `unsuitable` are those for whom customers.services.suitability says no, or only of their own accord.
unsuitable AS (
    SELECT unnest(%(unsuitable)s::bigint[]) AS customer_id
), newest AS (
    -- The newest word of each number and channel; a customer answers for the numbers that were merged into theirs.
    SELECT DISTINCT ON (k.customer_id, k.channel) k.customer_id, k.channel, k.given, k.at,
           coalesce(m.merged_into_id, m.id) AS owner_id
      FROM customers_consent AS k
      JOIN customers_customer AS m ON m.id = k.customer_id
     WHERE k.purpose = %(purpose)s AND k.channel IN (%(consent_channel)s, 'any') AND k.at <= %(at)s
       AND (NOT %(few)s OR m.id IN (SELECT customer_id FROM candidate)
            OR m.merged_into_id IN (SELECT customer_id FROM candidate))
     ORDER BY k.customer_id, k.channel, k.at DESC, k.id DESC
), of_number AS (
    -- Of the channel's word and that for any the newer one, of two said at once the no.
    SELECT DISTINCT ON (n.customer_id) n.customer_id, n.owner_id, n.given
      FROM newest AS n
     ORDER BY n.customer_id, n.at DESC, n.given
), word AS (
    -- customers.rules.consents.stricter: a no under any number is a no.
    SELECT w.owner_id AS customer_id, bool_and(w.given) AS given FROM of_number AS w GROUP BY w.owner_id
), suppressed AS (
    SELECT DISTINCT m.customer_id
      FROM marketing_segmentmember AS m
     WHERE m.left_at IS NULL
       AND m.segment_id IN (
           SELECT s.id FROM marketing_segment AS s
            WHERE s.kind = 'suppression' AND s.archived_at IS NULL OR s.id = ANY (%(suppress)s)
       )
), vulnerable AS (
    SELECT DISTINCT b.customer_id
      FROM customers_customertag AS b
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
), merged AS (
    SELECT id, merged_into_id FROM customers_customer WHERE merged_into_id IS NOT NULL
), answered AS (
    SELECT coalesce(g.merged_into_id, r.customer_id) AS customer_id, max(r.at) AS at
      FROM marketing_response AS r
      LEFT JOIN merged AS g ON g.id = r.customer_id
     WHERE r.kind IN ('opened', 'clicked') AND r.at > %(at)s - interval '90 days' AND r.at <= %(at)s
     GROUP BY 1
), sent AS (
    SELECT coalesce(g.merged_into_id, s.customer_id) AS customer_id, s.at
      FROM marketing_send AS s
      LEFT JOIN merged AS g ON g.id = s.customer_id
     WHERE s.outcome IN ('sent', 'unknown') AND s.at > %(at)s - interval '90 days' AND s.at <= %(at)s
       AND (NOT %(few)s OR s.customer_id IN (SELECT customer_id FROM candidate)
            OR g.merged_into_id IN (SELECT customer_id FROM candidate))
), pressure AS (
    SELECT s.customer_id,
           count(*) FILTER (WHERE s.at > %(at)s - interval '7 days') AS week,
           count(*) FILTER (WHERE s.at > %(at)s - interval '30 days') AS month,
           sum(0.5 ^ (extract(epoch FROM %(at)s - s.at) / 1209600)::float8)
               FILTER (WHERE a.at IS NULL OR s.at > a.at) AS fatigue
      FROM sent AS s
      LEFT JOIN answered AS a ON a.customer_id = s.customer_id
     GROUP BY s.customer_id
), ahead AS (
    -- Messages of other campaigns that go first and have not gone out yet.
    SELECT d.customer_id, count(*) AS n
      FROM marketing_delivery AS d
      JOIN marketing_campaign AS c ON c.id = d.campaign_id
     WHERE d.state IN ('queued', 'claimed', 'sending') AND c.state IN ('running', 'paused')
       AND d.campaign_id <> %(campaign)s AND (c.priority, c.id) < (%(priority)s, %(campaign)s)
       AND (NOT %(few)s OR d.customer_id IN (SELECT customer_id FROM candidate))
     GROUP BY d.customer_id
), gone_wrong AS (
    SELECT DISTINCT coalesce(m.merged_into_id, r.customer_id) AS customer_id
      FROM marketing_response AS r
      LEFT JOIN merged AS m ON m.id = r.customer_id
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
