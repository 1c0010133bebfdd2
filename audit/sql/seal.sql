-- Write the leaves of the next events in order of transaction and number, as many as asked, behind the horizon: below
-- it every transaction is over, so that what is read here is all there will ever be. One row returned is one
-- leaf. Snapshot and rows are of one statement.
INSERT INTO public.audit_leaf (index, event_id, at, xid, hash)
SELECT %(size)s + row_number() OVER (ORDER BY next.xid, next.id) - 1, next.id, next.at, next.xid, next.hash
  FROM (SELECT e.id, e.at, e.xid, public.audit_leaf_hash(e) AS hash
          FROM public.audit_event AS e
         WHERE e.xid >= %(xid)s
           AND e.xid < least(%(until)s, (SELECT public.audit_horizon()))
           AND (e.xid, e.id) > (%(xid)s, %(event)s)
           AND e.id > %(after)s
         ORDER BY e.xid, e.id
         LIMIT %(most)s) AS next
RETURNING index, hash
