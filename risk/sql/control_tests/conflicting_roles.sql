-- One row: active people, and those who hold both duties of a rule of segregation in force, where no exception accepts it
-- today. Roles, what they bring (`grants`: role → permissions, for that stands in no table) and permissions of their own count.
WITH held AS (
    SELECT person.id AS person, array_remove(array_agg(role.name::text), NULL)
           || ARRAY(SELECT kind.app_label || '.' || own.codename
                      FROM staff_user_user_permissions AS given
                      JOIN auth_permission AS own ON own.id = given.permission_id
                      JOIN django_content_type AS kind ON kind.id = own.content_type_id
                     WHERE given.user_id = person.id)
           || ARRAY(SELECT brought.permission
                      FROM staff_user_groups AS of_person
                      JOIN auth_group AS role ON role.id = of_person.group_id
                      CROSS JOIN LATERAL jsonb_array_elements_text(%(grants)s::jsonb -> role.name::text)
                                           AS brought (permission)
                     WHERE of_person.user_id = person.id) AS duties
      FROM staff_user AS person
      LEFT JOIN staff_user_groups AS of_person ON of_person.user_id = person.id
      LEFT JOIN auth_group AS role ON role.id = of_person.group_id
     WHERE person.is_active
     GROUP BY person.id),
judged AS (
    SELECT person, EXISTS (SELECT FROM risk_conflictrule AS rule
                            WHERE NOT rule.is_retired AND rule.first = ANY(duties) AND rule.second = ANY(duties)
                              AND NOT EXISTS (SELECT FROM risk_dutyexception AS accepted
                                               WHERE accepted.rule_id = rule.id AND accepted.person_id = held.person
                                                 AND %(day)s::date BETWEEN accepted.valid_from
                                                                         AND accepted.valid_until)) AS wrong
      FROM held)
SELECT count(*)::int, count(*) FILTER (WHERE wrong)::int,
       coalesce(jsonb_agg(person ORDER BY person) FILTER (WHERE wrong), '[]') FROM judged;
