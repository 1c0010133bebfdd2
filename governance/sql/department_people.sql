-- One row: somebody of one of the departments, by name.
SELECT holder.department_id, holder.person_id
  FROM governance_departmentperson AS holder
  JOIN staff_user AS person ON person.id = holder.person_id
 WHERE holder.department_id = ANY (%(departments)s)
 ORDER BY person.full_name, person.id
