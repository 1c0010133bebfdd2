-- One row for each claimed customer who may not be written to any more, and why.
WITH candidate AS MATERIALIZED (SELECT unnest(%(customers)s::bigint[]) AS customer_id), {reasons}
SELECT j.customer_id, j.reason FROM judged AS j WHERE j.reason IS NOT NULL
