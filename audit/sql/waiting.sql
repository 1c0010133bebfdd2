-- What is not sealed yet, up to 10,001 events: how many, since when; and those of them whose order is settled, which only
-- wait for the sealer. One row.
SELECT count(*), min(waiting.at), count(*) FILTER (WHERE waiting.settled), min(waiting.at) FILTER (WHERE waiting.settled)
  FROM (SELECT e.at, e.xid < (SELECT public.audit_horizon()) AS settled
          FROM public.audit_event AS e
         WHERE e.xid >= %(xid)s AND (e.xid, e.id) > (%(xid)s, %(event)s) AND e.id > %(after)s
         LIMIT 10001) AS waiting
