-- Events of settled transactions that no leaf stands for, though later ones were sealed. One row is one event.
SELECT event.id
  FROM public.audit_event AS event
 WHERE (event.id <= %(low)s OR (event.id <= %(high)s AND (event.xid, event.id) <= (%(xid)s, %(event)s)))
   AND NOT EXISTS (SELECT FROM public.audit_leaf AS leaf WHERE leaf.event_id = event.id)
 ORDER BY event.id
 LIMIT 1000
