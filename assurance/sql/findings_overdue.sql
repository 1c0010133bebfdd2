-- One row: findings of a line, or of all, that are not verified, and those that were due before the day.
WITH finding AS (
    SELECT finding.reference, finding.due_on < %(day)s AS wrong
      FROM assurance_finding AS finding
      JOIN assurance_engagement AS engagement ON engagement.id = finding.engagement_id
      JOIN assurance_auditunit AS unit ON unit.id = engagement.unit_id
     WHERE finding.state <> 'verified' AND (%(line)s::text IS NULL OR unit.line_id = %(line)s))
SELECT count(*)::int, count(*) FILTER (WHERE wrong)::int,
       coalesce(jsonb_agg(reference ORDER BY reference) FILTER (WHERE wrong), '[]') FROM finding;
