-- One row: a place where the three lines cross on the day: kind, person, the lines of that person; and for what somebody owns
-- and should not, its table, key, name in addresses, and title.
WITH holds AS (
    SELECT DISTINCT ON (assigned.department_id) assigned.department_id, assigned.defence
      FROM governance_lineassignment AS assigned
     WHERE assigned.from_on <= %(day)s
     ORDER BY assigned.department_id, assigned.from_on DESC
), belongs AS (
    SELECT DISTINCT holder.person_id, holds.defence
      FROM holds
      JOIN governance_departmentperson AS holder ON holder.department_id = holds.department_id
     WHERE holds.defence > 0
), found AS (
    SELECT 1 AS rank, 'two_lines' AS kind, person_id, string_agg(defence::text, ',' ORDER BY defence) AS lines,
           '' AS owned, NULL::bigint AS record, '' AS code, '' AS title
      FROM belongs
     GROUP BY person_id
    HAVING count(*) > 1
    UNION ALL
    SELECT DISTINCT 2, 'tests_own', belongs.person_id, '2', 'control', control.id, control.code::text, control.name::text
      FROM belongs
      JOIN risk_control AS control ON control.owner_id = belongs.person_id
      JOIN risk_controltest AS test ON test.control_id = control.id AND test.tester_id = belongs.person_id
     WHERE belongs.defence = 2
    UNION ALL
    SELECT 3, 'third_owns', belongs.person_id, '3', owned.kind, owned.id, owned.code, owned.title
      FROM belongs
      JOIN (
            SELECT 'risk' AS kind, owner_id, id, reference AS code, title FROM risk_risk WHERE status = 'open'
            UNION ALL
            SELECT 'control', owner_id, id, code::text, name FROM risk_control
            UNION ALL
            SELECT 'treatment', owner_id, id, id::text, title FROM risk_treatment WHERE state = 'running'
           ) AS owned ON owned.owner_id = belongs.person_id
     WHERE belongs.defence = 3
)
SELECT found.kind, found.person_id, found.lines, found.owned, found.record, found.code, found.title
  FROM found
  JOIN staff_user AS person ON person.id = found.person_id
 ORDER BY found.rank, person.full_name, person.id, found.owned, found.record
