-- One row: one notification to one person. Whoever wants to hear of this kind neither in the app nor by e-mail gets none;
-- who wants it by e-mail alone gets it as read. A person who has one under this key keeps that one.
INSERT INTO staff_notification (user_id, kind, key, title, body, url, created_at, read_at, by_email)
SELECT person.id, %(kind)s, %(key)s, text.title, text.body, %(url)s, %(at)s,
       CASE WHEN coalesce(wish.in_app, true) THEN NULL ELSE %(at)s::timestamptz END,
       coalesce(wish.by_email, false)
  FROM staff_user AS person
  JOIN unnest(%(languages)s::text[], %(titles)s::text[], %(bodies)s::text[]) AS text (language, title, body)
    ON text.language = person.language
  LEFT JOIN staff_notificationpreference AS wish
    ON wish.user_id = person.id AND wish.kind = %(kind)s
 WHERE person.id = ANY (%(people)s)
   AND person.is_active
   AND (coalesce(wish.in_app, true) OR coalesce(wish.by_email, false))
    ON CONFLICT (user_id, key) DO NOTHING
RETURNING by_email
