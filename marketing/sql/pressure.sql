-- One row for each number of messages that a customer got in the last 30 days, 10 and more together: how many customers, and
-- how many of them opened or clicked, unsubscribed, reported spam.
WITH pressed AS (
    SELECT s.customer_id, least(count(*), 10) AS messages
      FROM marketing_send AS s
     WHERE s.outcome = 'sent' AND s.at > %(at)s - interval '30 days' AND s.at <= %(at)s
     GROUP BY s.customer_id
), answered AS (
    SELECT r.customer_id, bool_or(r.kind IN ('opened', 'clicked')) AS answered,
           bool_or(r.kind = 'unsubscribed') AS unsubscribed, bool_or(r.kind = 'complained') AS complained
      FROM marketing_response AS r
     WHERE r.at > %(at)s - interval '30 days' AND r.at <= %(at)s
     GROUP BY r.customer_id
)
SELECT p.messages, count(*), count(*) FILTER (WHERE a.answered), count(*) FILTER (WHERE a.unsubscribed),
       count(*) FILTER (WHERE a.complained)
  FROM pressed AS p
  LEFT JOIN answered AS a ON a.customer_id = p.customer_id
 GROUP BY p.messages
 ORDER BY p.messages
