-- Open pairs of customers who were compared anew and look like each other no more.
DELETE FROM customers_duplicatepair p
WHERE p.state = 'open' {among}
  AND NOT EXISTS (SELECT FROM match_scored s WHERE s.first_id = p.first_id AND s.second_id = p.second_id)
