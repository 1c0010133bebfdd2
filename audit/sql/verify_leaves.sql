-- Hash the events of a stretch of the log again. One row is one leaf whose event is gone or is no longer what was sealed, with
-- the event's own transaction number where it has one.
SELECT leaf.index, leaf.event_id, leaf.at, event.id IS NOT NULL AS is_there
  FROM public.audit_leaf AS leaf
  LEFT JOIN public.audit_event AS event
    ON event.id = leaf.event_id AND event.at = leaf.at AND event.at BETWEEN %(earliest)s AND %(latest)s
 WHERE leaf.index >= %(first)s AND leaf.index < %(end)s
   AND (event.id IS NULL OR event.xid <> leaf.xid OR public.audit_leaf_hash(event) <> leaf.hash)
 ORDER BY leaf.index
