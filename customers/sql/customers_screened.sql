-- Notes what customers were when they were held against the lists.
INSERT INTO customers_screeningstate (customer_id, digest, screened_at)
SELECT one.id, one.digest, %(at)s FROM unnest(%(ids)s::bigint[], %(digests)s::bytea[]) AS one (id, digest)
ON CONFLICT (customer_id) DO UPDATE SET digest = EXCLUDED.digest, screened_at = EXCLUDED.screened_at
