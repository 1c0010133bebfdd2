-- One row for each attempt that has come to its end: where it stands now, and what is kept of it for good. An attempt that
-- somebody else has settled meanwhile is left as it is.
WITH told AS (
    SELECT * FROM unnest(
        %(recipients)s::bigint[], %(outcomes)s::text[], %(reasons)s::text[], %(refs)s::text[], %(hashes)s::bytea[]
    ) AS t (recipient_id, outcome, reason, ref, sha256)
), moved AS (
    UPDATE marketing_delivery AS d
       SET state = t.outcome, settled_at = %(at)s, lease_until = NULL
      FROM told AS t
     WHERE d.recipient_id = t.recipient_id AND d.state = ANY (%(from)s) AND (%(worker)s = '' OR d.worker = %(worker)s)
    RETURNING d.recipient_id, d.campaign_id, d.customer_id
)
INSERT INTO marketing_send
       (recipient_id, campaign_id, customer_id, channel, outcome, reason, provider_ref, content_sha256, at)
SELECT m.recipient_id, m.campaign_id, m.customer_id, %(channel)s, t.outcome, t.reason, t.ref, t.sha256, %(at)s
  FROM moved AS m
  JOIN told AS t ON t.recipient_id = m.recipient_id
 ORDER BY m.recipient_id
RETURNING recipient_id, outcome
