-- One row: a member of staff who asks for a page, with the names of their roles and the permissions given to them alone: what every
-- page needs of them, at once.
SELECT u.*,
       ARRAY(
           SELECT g.name FROM staff_user_groups m JOIN auth_group g ON g.id = m.group_id WHERE m.user_id = u.id
       ) AS role_names,
       ARRAY(
           SELECT c.app_label || '.' || p.codename
           FROM staff_user_user_permissions m
           JOIN auth_permission p ON p.id = m.permission_id
           JOIN django_content_type c ON c.id = p.content_type_id
           WHERE m.user_id = u.id
       ) AS own_permissions
FROM staff_user u
WHERE u.id = %s
