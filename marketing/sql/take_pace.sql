-- One row: how many messages may be handed over now; none while the provider is blocked or its bucket is empty.
WITH bucket AS (
    SELECT provider_id, least(%(pace)s, tokens + %(pace)s * greatest(0, extract(epoch FROM %(at)s - at))::float8) AS holds
      FROM marketing_providerpace
     WHERE provider_id = %(provider)s AND (blocked_until IS NULL OR blocked_until <= %(at)s)
       FOR UPDATE
), granted AS (
    SELECT provider_id, holds, least(%(wish)s, floor(holds))::integer AS n FROM bucket
)
UPDATE marketing_providerpace AS p
   SET tokens = g.holds - g.n, at = greatest(p.at, %(at)s)
  FROM granted AS g
 WHERE p.provider_id = g.provider_id
RETURNING g.n
