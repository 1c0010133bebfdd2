-- Compare the leaves of a stretch with its whole tiles of level 0. One row is one tile that differs or is missing, with both.
-- The leaves come in order from their index, and string_agg takes them as they come: sorting them again would cost most.
SELECT leaves.tile, leaves.joined, tile.data
  FROM (SELECT ordered.index / 256 AS tile, string_agg(ordered.hash, ''::bytea) AS joined
          FROM (SELECT index, hash FROM public.audit_leaf WHERE index >= %(first)s AND index < %(end)s ORDER BY index) AS ordered
         GROUP BY ordered.index / 256 HAVING count(*) = 256) AS leaves
  LEFT JOIN public.audit_tile AS tile ON tile.level = 0 AND tile.index = leaves.tile
 WHERE tile.data IS DISTINCT FROM leaves.joined
 ORDER BY leaves.tile
