-- One row: a version of a product in one month, with the accounts, loans and products that customers held under it on some
-- day of that month. Grouped by months before they are spread over them, so that a million accounts are read once.
WITH held AS (
    SELECT product_version_id AS version_id, opened_on AS begun, closed_on AS ended FROM customers_account
    UNION ALL SELECT product_version_id, disbursed_on, matures_on FROM customers_loan
    UNION ALL SELECT product_version_id, opened_on, closed_on FROM customers_holding
), spans AS (
    SELECT version_id, date_trunc('month', begun)::date AS begun, date_trunc('month', ended)::date AS ended, count(*) AS n
      FROM held WHERE version_id IS NOT NULL GROUP BY 1, 2, 3
), months AS (
    SELECT generate_series(date_trunc('month', %(first)s::date), %(last)s::date, interval '1 month')::date AS month
)
SELECT s.version_id, m.month, sum(s.n)::bigint AS accounts
  FROM spans AS s JOIN months AS m ON s.begun <= m.month AND (s.ended IS NULL OR s.ended >= m.month)
 GROUP BY 1, 2
