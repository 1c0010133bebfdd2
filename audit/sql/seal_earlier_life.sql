-- Write the leaves of events that came out of an earlier life of the database with a dump: all of them are over. One row
-- returned is one leaf.
INSERT INTO public.audit_leaf (index, event_id, at, xid, hash)
SELECT %(size)s + row_number() OVER (ORDER BY next.xid, next.id) - 1, next.id, next.at, next.xid, next.hash
  FROM (SELECT e.id, e.at, e.xid, public.audit_leaf_hash(e) AS hash
          FROM public.audit_event AS e
         WHERE (e.xid, e.id) > (%(xid)s, %(event)s) AND e.id > %(after)s AND e.id <= %(last)s
         ORDER BY e.xid, e.id
         LIMIT %(most)s) AS next
RETURNING index, hash
