-- One row of the result: what keys were made of that too many share, how many such keys there are, and how many share the worst.
SELECT block, count(*), max(n) FROM match_groups WHERE members IS NULL GROUP BY block ORDER BY block
