-- One row: two customers who share a key, the one with the lower number first; each pair once, however many keys they share.
CREATE TEMP TABLE match_candidates ON COMMIT DROP AS
SELECT DISTINCT one.id AS first_id, other.id AS second_id
FROM match_groups g, unnest(g.members) AS one(id), unnest(g.members) AS other(id)
WHERE one.id < other.id {among}
