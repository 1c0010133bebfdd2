-- Compare the leaves of a stretch with its whole tiles of level 0. One row is one tile that differs or is missing, with both.
SELECT leaves.tile, leaves.joined, tile.data
  FROM (SELECT index / 256 AS tile, string_agg(hash, ''::bytea ORDER BY index) AS joined
          FROM public.audit_leaf WHERE index >= %(first)s AND index < %(end)s
         GROUP BY index / 256 HAVING count(*) = 256) AS leaves
  LEFT JOIN public.audit_tile AS tile ON tile.level = 0 AND tile.index = leaves.tile
 WHERE tile.data IS DISTINCT FROM leaves.joined
 ORDER BY leaves.tile
