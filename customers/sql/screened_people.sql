-- One row a customer: what is compared with the lists, the blind indexes of all their numbers, and the state of it all.
SELECT c.id, c.name, c.birth_date, c.jurisdiction, c.kind,
       array_remove(ARRAY[c.identity_index] || ARRAY(
           SELECT d.number_index FROM customers_identitydocument AS d
            WHERE d.customer_id = c.id AND d.status <> 'refused'), NULL),
       customers_screening_digest(c.id, c.name, c.birth_date, c.jurisdiction, c.kind, c.identity_index)
  FROM customers_customer AS c
 WHERE c.id = ANY (%(ids)s)
 ORDER BY c.id
