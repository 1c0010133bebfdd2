-- Rows: the checked rows that cannot be taken, with the column and the reason of each, and the row as it was written.
INSERT INTO customers_importreject (file_id, line, "column", reason, text)
SELECT %(file)s, c.row_no, left(coalesce(c.problem ->> 'column', ''), 80), left((c.problem - 'column')::text, 300),
       left((SELECT string_agg(coalesce(cell.value, ''), %(separator)s ORDER BY cell.n)
               FROM json_each_text(row_to_json(r)) WITH ORDINALITY AS cell (key, value, n)
              WHERE cell.key <> 'row_no'), 500)
  FROM pg_temp.ingest_checked c
  JOIN pg_temp.ingest_raw r ON r.row_no = c.row_no
 WHERE c.problem IS NOT NULL
 ORDER BY c.row_no
