-- Pairs that score enough are kept, once: who was judged to be two stays so until either of them is another one. One row of the
-- result counts what is new or different.
WITH kept AS (
    INSERT INTO customers_duplicatepair AS stood
        (first_id, second_id, kind, score, levels, first_print, second_print, state, run_id, found_at, reason)
    SELECT first_id, second_id, kind, score, levels, first_print, second_print, 'open', %(run)s, %(at)s, ''
    FROM match_scored
    ON CONFLICT (first_id, second_id) DO UPDATE SET
        score = excluded.score, levels = excluded.levels, first_print = excluded.first_print, second_print = excluded.second_print,
        state = 'open', run_id = excluded.run_id,
        found_at = CASE WHEN stood.state = 'open' THEN stood.found_at ELSE excluded.found_at END,
        judged_at = NULL, judged_by_id = NULL, reason = ''
    WHERE (stood.state <> 'open' AND (stood.first_print, stood.second_print) <> (excluded.first_print, excluded.second_print))
       OR (stood.state = 'open' AND (stood.score, stood.levels, stood.first_print, stood.second_print)
           IS DISTINCT FROM (excluded.score, excluded.levels, excluded.first_print, excluded.second_print))
    RETURNING 1
)
SELECT count(*) FROM kept
