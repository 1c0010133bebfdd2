-- One row for each record that lost a text in which one of the values (patterns of ILIKE) stood: its table and its key.
-- Rejected rows and kept answers are not in the log, so their tables are not returned.
WITH rejects AS (
    UPDATE customers_importreject SET text = '', reason = regexp_replace(reason, '"value": "(\\.|[^"\\])*"', '"value": "…"')
     WHERE text ILIKE ANY (%(values)s) OR reason ILIKE ANY (%(values)s)
), answers AS (
    UPDATE customers_idempotencykey SET answer = '{}' WHERE answer::text ILIKE ANY (%(values)s)
), jobs AS (
    UPDATE staff_job SET parameters = '{}', title = kind, sentence = '', error = ''
     WHERE parameters::text ILIKE ANY (%(values)s) OR title ILIKE ANY (%(values)s)
        OR sentence ILIKE ANY (%(values)s) OR error ILIKE ANY (%(values)s)
    RETURNING 'staff_job' AS name, id
), notifications AS (
    UPDATE staff_notification SET title = '–', body = ''
     WHERE title ILIKE ANY (%(values)s) OR body ILIKE ANY (%(values)s)
    RETURNING 'staff_notification' AS name, id
), views AS (
    UPDATE staff_savedview SET name = 'View ' || id, query = ''
     WHERE name ILIKE ANY (%(values)s) OR query ILIKE ANY (%(values)s)
    RETURNING 'staff_savedview' AS name, id
)
SELECT name, id FROM jobs UNION ALL SELECT name, id FROM notifications UNION ALL SELECT name, id FROM views
