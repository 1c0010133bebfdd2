-- The sealed events of a stretch of the log, as lines. One row is one event: its place, and the text that its leaf was made of.
SELECT leaf.index, '[' || leaf.index || ',' || public.audit_leaf_text(event) || ']'
  FROM public.audit_leaf AS leaf
  JOIN public.audit_event AS event
    ON event.id = leaf.event_id AND event.at = leaf.at AND event.at BETWEEN %(earliest)s AND %(latest)s
 WHERE leaf.index >= %(first)s AND leaf.index < %(end)s
 ORDER BY leaf.index
