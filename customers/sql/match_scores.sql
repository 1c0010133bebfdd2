-- One row: two customers, how far each field agrees, and the sum of what that weighs. `missing` weighs nothing, and what is said twice
-- is counted once: a device or an address beside the same telephone says little more than the telephone.
INSERT INTO match_scored (first_id, second_id, kind, score, levels, first_print, second_print)
WITH compared AS (
    SELECT p.first_id, p.second_id, k.print AS first_print, l.print AS second_print,
           CASE WHEN a.identity_index IS NULL OR b.identity_index IS NULL THEN 'missing'
                WHEN a.identity_index = b.identity_index THEN 'exact'
                WHEN a.identity_kind <> b.identity_kind THEN 'missing'
                WHEN a.identity_tail_index = b.identity_tail_index THEN 'close'
                ELSE 'differs' END AS identity,
           CASE WHEN a.phone_index IS NULL OR b.phone_index IS NULL THEN 'missing'
                WHEN a.phone_index = b.phone_index THEN 'exact'
                WHEN a.phone_tail_index = b.phone_tail_index THEN 'close'
                ELSE 'differs' END AS phone,
           CASE WHEN a.email_index IS NULL OR b.email_index IS NULL THEN 'missing'
                WHEN a.email_index = b.email_index THEN 'exact' ELSE 'differs' END AS email,
           CASE WHEN k.name_index = l.name_index THEN 'exact'
                WHEN k.sound_index = l.sound_index OR customers_one_slip(a.name, b.name) THEN 'close'
                ELSE 'differs' END AS name,
           CASE WHEN a.birth_date IS NULL OR b.birth_date IS NULL THEN 'missing'
                WHEN a.birth_date = b.birth_date THEN 'exact'
                WHEN (extract(year FROM a.birth_date) = extract(year FROM b.birth_date))::int
                     + (extract(month FROM a.birth_date) = extract(month FROM b.birth_date))::int
                     + (extract(day FROM a.birth_date) = extract(day FROM b.birth_date))::int = 2
                  OR (extract(year FROM a.birth_date), extract(month FROM a.birth_date), extract(day FROM a.birth_date))
                     = (extract(year FROM b.birth_date), extract(day FROM b.birth_date), extract(month FROM b.birth_date)) THEN 'close'
                ELSE 'differs' END AS birth,
           CASE WHEN k.address_index IS NULL OR l.address_index IS NULL THEN 'missing'
                WHEN k.address_index = l.address_index THEN 'exact' ELSE 'differs' END AS address,
           CASE WHEN EXISTS (
               SELECT FROM customers_customerdevice d JOIN customers_customerdevice e USING (fingerprint_index)
               WHERE d.customer_id = p.first_id AND e.customer_id = p.second_id) THEN 'exact' ELSE 'missing' END AS device,
           CASE WHEN a.region = '' OR b.region = '' THEN 'missing'
                WHEN a.region = b.region THEN 'exact' ELSE 'differs' END AS region,
           CASE WHEN a.sex = '' OR b.sex = '' THEN 'missing'
                WHEN a.sex = b.sex THEN 'exact' ELSE 'differs' END AS sex
    FROM match_candidates p
    JOIN customers_customer a ON a.id = p.first_id
    JOIN customers_customer b ON b.id = p.second_id
    JOIN customers_matchkey k ON k.customer_id = p.first_id
    JOIN customers_matchkey l ON l.customer_id = p.second_id
    WHERE a.kind = %(kind)s AND b.kind = %(kind)s
),
weighed AS (
    SELECT c.*,
           CASE identity WHEN 'exact' THEN %(identity_exact)s WHEN 'close' THEN %(identity_close)s WHEN 'differs' THEN %(identity_differs)s ELSE 0 END AS w_identity,
           CASE phone WHEN 'exact' THEN %(phone_exact)s WHEN 'close' THEN %(phone_close)s WHEN 'differs' THEN %(phone_differs)s ELSE 0 END AS w_phone,
           CASE email WHEN 'exact' THEN %(email_exact)s WHEN 'differs' THEN %(email_differs)s ELSE 0 END AS w_email,
           CASE name WHEN 'exact' THEN %(name_exact)s WHEN 'close' THEN %(name_close)s WHEN 'differs' THEN %(name_differs)s ELSE 0 END AS w_name,
           CASE birth WHEN 'exact' THEN %(birth_exact)s WHEN 'close' THEN %(birth_close)s WHEN 'differs' THEN %(birth_differs)s ELSE 0 END AS w_birth,
           CASE address WHEN 'exact' THEN %(address_exact)s WHEN 'differs' THEN %(address_differs)s ELSE 0 END AS w_address,
           CASE device WHEN 'exact' THEN %(device_exact)s ELSE 0 END AS w_device,
           CASE region WHEN 'exact' THEN %(region_exact)s WHEN 'differs' THEN %(region_differs)s ELSE 0 END AS w_region,
           CASE sex WHEN 'exact' THEN %(sex_exact)s WHEN 'differs' THEN %(sex_differs)s ELSE 0 END AS w_sex
    FROM compared c
),
summed AS (
    SELECT w.*, (w_identity + w_phone + w_email + w_name + w_birth + w_address + w_device + w_region + w_sex)::numeric(6,2) AS score
    FROM weighed w
)
SELECT first_id, second_id, %(kind)s, score,
       jsonb_build_object(
           'identity', jsonb_build_array(identity, round(w_identity::numeric, 1)), 'phone', jsonb_build_array(phone, round(w_phone::numeric, 1)),
           'email', jsonb_build_array(email, round(w_email::numeric, 1)), 'name', jsonb_build_array(name, round(w_name::numeric, 1)),
           'birth', jsonb_build_array(birth, round(w_birth::numeric, 1)), 'address', jsonb_build_array(address, round(w_address::numeric, 1)),
           'device', jsonb_build_array(device, round(w_device::numeric, 1)), 'region', jsonb_build_array(region, round(w_region::numeric, 1)),
           'sex', jsonb_build_array(sex, round(w_sex::numeric, 1))),
       first_print, second_print
FROM summed
WHERE score >= %(possible)s
