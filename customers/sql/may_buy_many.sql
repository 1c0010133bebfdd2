-- One row for each customer asked about: the codes of all reasons, in the order of customers.rules.suitability.judge, and
-- what each weighs. What is the same for everybody comes in as %(product_codes)s, the law of each jurisdiction as arrays.
WITH law AS (
    SELECT place, is_sold, is_governed, extra_step_age, string_to_array(never, ',') AS never,
           string_to_array(confirm, ',') AS confirm
      FROM unnest(
               %(places)s::text[], %(is_sold)s::boolean[], %(is_governed)s::boolean[], %(extra_step_ages)s::integer[],
               %(never)s::text[], %(confirm)s::text[]
           ) AS l (place, is_sold, is_governed, extra_step_age, never, confirm)
), picked AS (
    SELECT c.id, c.status, c.region, c.restricted_at, c.erased_at, c.kind = 'individual' AS is_person, c.jurisdiction,
           CASE WHEN c.birth_date <= %(day)s::date
                THEN extract(year FROM age(%(day)s::date, c.birth_date))::integer END AS age
      FROM customers_customer AS c
     WHERE CASE WHEN %(customers)s::bigint[] IS NULL THEN c.merged_into_id IS NULL
                ELSE c.id = ANY (%(customers)s::bigint[]) END
), standing AS (
    -- The newest, or what a merge carried over until a newer one comes.
    SELECT DISTINCT ON (a.customer_id) a.customer_id, a.investor_class, a.valid_until, a.decided_at
      FROM (
          SELECT r.customer_id, r.investor_class, r.valid_until, r.decided_at, r.decided_at AS counts_from, false AS is_carried, r.id
            FROM customers_suitabilityresult AS r
           WHERE r.decided_at <= %(at)s::timestamptz AND r.review NOT IN ('waiting', 'rejected')
           UNION ALL
          SELECT k.customer_id, k.investor_class, r.valid_until, r.decided_at, k.at, true, k.id
            FROM customers_carriedassessment AS k
            JOIN customers_merge AS m ON m.id = k.merge_id
            JOIN customers_suitabilityresult AS r ON r.id = k.result_id
           WHERE k.at <= %(at)s::timestamptz AND (m.undone_at IS NULL OR m.undone_at > %(at)s::timestamptz)
      ) AS a
     WHERE %(customers)s::bigint[] IS NULL OR a.customer_id = ANY (%(customers)s::bigint[])
     ORDER BY a.customer_id, a.counts_from DESC, a.is_carried DESC, a.id DESC
), waiting AS (
    SELECT r.customer_id, max(r.decided_at) AS decided_at
      FROM customers_suitabilityresult AS r
     WHERE r.decided_at <= %(at)s::timestamptz AND r.review = 'waiting'
     GROUP BY r.customer_id
), newest AS (
    -- The newest word of each number and channel; a customer answers for the numbers that were merged into theirs.
    SELECT DISTINCT ON (k.customer_id, k.channel) k.customer_id, k.channel, k.given, k.at,
           coalesce(m.merged_into_id, m.id) AS owner_id
      FROM customers_consent AS k
      JOIN customers_customer AS m ON m.id = k.customer_id
     WHERE %(offer)s::text <> '' AND k.purpose = %(personalised)s::text
       AND k.channel IN (%(offer)s::text, 'any') AND k.at <= %(at)s::timestamptz
       AND (%(customers)s::bigint[] IS NULL OR m.id = ANY (%(customers)s::bigint[])
            OR m.merged_into_id = ANY (%(customers)s::bigint[]))
     ORDER BY k.customer_id, k.channel, k.at DESC, k.id DESC
), of_number AS (
    -- Of the channel's word and that for any the newer one, of two said at once the no; and the word for any by itself.
    SELECT DISTINCT ON (n.customer_id) n.customer_id, n.owner_id, n.given, n.at, e.given AS given_any, e.at AS at_any
      FROM newest AS n
      LEFT JOIN newest AS e ON e.customer_id = n.customer_id AND e.channel = 'any'
     ORDER BY n.customer_id, n.at DESC, n.given
), word AS (
    -- customers.rules.consents.stricter: a no under any number is a no.
    SELECT w.owner_id AS customer_id,
           bool_and(w.given)
           AND NOT coalesce(max(w.at_any) = max(w.at) AND NOT bool_and(w.given_any), false) AS given
      FROM of_number AS w
     GROUP BY w.owner_id
), cooling AS (
    SELECT DISTINCT o.customer_id
      FROM customers_coolingoff AS o
     WHERE o.product_id = %(product)s::bigint AND o.state = 'running' AND o.ends_on >= %(day)s::date
), reason AS (
    SELECT p.id,
           ARRAY[
               CASE WHEN p.erased_at IS NOT NULL THEN 'erased' WHEN p.restricted_at IS NOT NULL THEN 'restricted' END,
               CASE WHEN p.status IN ('frozen', 'closed') THEN p.status
                    WHEN p.status = 'review' THEN 'in_review' END
           ]
           || %(product_codes)s::text[]
           || ARRAY[
               CASE WHEN NOT l.is_sold THEN 'not_sold_there' END,
               CASE WHEN p.region <> ALL (%(regions)s::text[]) THEN 'region' END,
               CASE WHEN NOT p.is_person
                      OR coalesce(%(minimum_age)s::integer, %(maximum_age)s::integer) IS NULL THEN NULL
                    WHEN p.age IS NULL THEN 'age_unknown'
                    WHEN p.age < %(minimum_age)s::integer THEN 'too_young'
                    WHEN p.age > %(maximum_age)s::integer THEN 'too_old' END
           ]
           || CASE WHEN l.is_governed AND %(rated)s::boolean THEN ARRAY[
               CASE WHEN s.customer_id IS NULL THEN 'no_assessment'
                    WHEN s.valid_until < %(day)s::date THEN 'expired'
                    WHEN s.investor_class = ANY (l.never) THEN 'class_never'
                    WHEN s.investor_class = ANY (l.confirm) THEN 'class_too_low' END,
               CASE WHEN w.customer_id IS NOT NULL AND (s.decided_at IS NULL OR w.decided_at > s.decided_at)
                    THEN 'waiting' END,
               CASE WHEN p.age >= l.extra_step_age THEN 'extra_step' END
           ] ELSE ARRAY[]::text[] END
           || ARRAY[
               CASE WHEN %(offer)s::text <> '' AND NOT coalesce(k.given, false) THEN 'no_consent' END,
               CASE WHEN o.customer_id IS NOT NULL THEN 'cooling_off' END
           ] AS codes
      FROM picked AS p
      JOIN law AS l ON l.place = p.jurisdiction
      LEFT JOIN standing AS s ON s.customer_id = p.id
      LEFT JOIN waiting AS w ON w.customer_id = p.id
      LEFT JOIN word AS k ON k.customer_id = p.id
      LEFT JOIN cooling AS o ON o.customer_id = p.id
)
SELECT id,
       array_remove(codes, NULL) AS codes,
       ARRAY(
           SELECT CASE WHEN code IN ('in_review', 'waiting', 'cooling_off') THEN 'note'
                       WHEN code IN ('class_too_low', 'extra_step') THEN 'confirm' ELSE 'no' END
             FROM unnest(array_remove(codes, NULL)) WITH ORDINALITY AS u (code, place)
            ORDER BY place
       ) AS weights
  FROM reason
