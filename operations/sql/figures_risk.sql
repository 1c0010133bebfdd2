-- One row: how many alerts, overdue reviews and indicators outside green the company had at the end of the business date.
WITH latest AS (
    SELECT DISTINCT ON (r.indicator_id) r.indicator_id, r.band
    FROM risk_indicatorreading r
    JOIN risk_indicator i ON i.id = r.indicator_id AND i.is_active
    WHERE r.day <= %(day)s
    ORDER BY r.indicator_id, r.day DESC, r.taken_at DESC, r.id DESC
)
SELECT 'indicators_red' AS name, '' AS line, '' AS currency, count(*)::numeric AS value FROM latest WHERE band = 'red'
UNION ALL SELECT 'indicators_amber', '', '', count(*) FROM latest WHERE band = 'amber'
UNION ALL SELECT 'alerts_open', '', '', count(*) FROM risk_alert a JOIN risk_indicatorreading r ON r.id = a.reading_id
    WHERE r.day <= %(day)s AND (a.closed_at IS NULL OR a.closed_at::date > %(day)s)
UNION ALL SELECT 'reviews_overdue', '', '', count(*) FROM risk_risk
    WHERE status = 'open' AND review_on < %(day)s
