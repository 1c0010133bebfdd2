-- How many events there are up to the last one that was sealed. One row.
SELECT count(*) FROM public.audit_event AS event
 WHERE event.id <= %(low)s OR (event.id <= %(high)s AND (event.xid, event.id) <= (%(xid)s, %(event)s))
