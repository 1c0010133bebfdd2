-- One row: active people, and those who hold both roles of a rule of segregation. Rules about single permissions are read
-- on their page, which knows what each role may do.
WITH held AS (
    SELECT person.id AS person, array_agg(role.name::text) AS roles
      FROM staff_user AS person
      LEFT JOIN staff_user_groups AS of_person ON of_person.user_id = person.id
      LEFT JOIN auth_group AS role ON role.id = of_person.group_id
     WHERE person.is_active
     GROUP BY person.id),
judged AS (
    SELECT person, EXISTS (SELECT FROM risk_conflictrule AS rule
                            WHERE rule.first = ANY(roles) AND rule.second = ANY(roles)) AS wrong
      FROM held)
SELECT count(*)::int, count(*) FILTER (WHERE wrong)::int,
       coalesce(jsonb_agg(person ORDER BY person) FILTER (WHERE wrong), '[]') FROM judged;
