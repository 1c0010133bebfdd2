-- One row: somebody who belongs to a line of defence on the day, by one department; one person alone where `person` names them.
WITH holds AS (
    SELECT DISTINCT ON (assigned.department_id) assigned.department_id, assigned.defence
      FROM governance_lineassignment AS assigned
     WHERE assigned.from_on <= %(day)s
     ORDER BY assigned.department_id, assigned.from_on DESC
)
SELECT holds.defence, holds.department_id, holder.person_id
  FROM holds
  JOIN governance_departmentperson AS holder ON holder.department_id = holds.department_id
 WHERE holds.defence > 0
   AND (%(person)s::bigint IS NULL OR holder.person_id = %(person)s)
