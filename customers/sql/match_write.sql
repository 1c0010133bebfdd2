-- The keys of customers that were made anew go where they are kept.
INSERT INTO customers_matchkey (customer_id, name_index, sound_index, address_index, print)
SELECT customer_id, name_index, sound_index, address_index, print FROM match_fresh
ON CONFLICT (customer_id) DO UPDATE SET
    name_index = excluded.name_index, sound_index = excluded.sound_index, address_index = excluded.address_index,
    print = excluded.print
