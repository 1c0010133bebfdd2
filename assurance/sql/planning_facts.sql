-- One row an area of `units`: its cycle, the gravest residual score of its open risks, when an audit of it was last
-- closed, its open findings (high and critical ones count twice), and losses of its risks discovered since `since`.
SELECT unit.id,
       unit.every_months,
       gravest.score,
       audited.closed_at,
       coalesce(found.weight, 0)::int,
       coalesce(lost.events, 0)::int
  FROM assurance_auditunit AS unit
  LEFT JOIN LATERAL (
       SELECT max(rating.score) AS score
         FROM assurance_auditunit_risks AS of_unit
         JOIN risk_risk AS risk ON risk.id = of_unit.risk_id AND risk.status = 'open'
         JOIN risk_riskrating AS rating ON rating.id = risk.residual_id
        WHERE of_unit.auditunit_id = unit.id) AS gravest ON true
  LEFT JOIN LATERAL (
       SELECT max(engagement.closed_at) AS closed_at
         FROM assurance_engagement AS engagement
        WHERE engagement.unit_id = unit.id) AS audited ON true
  LEFT JOIN LATERAL (
       SELECT sum(CASE WHEN finding.severity IN ('high', 'critical') THEN 2 ELSE 1 END) AS weight
         FROM assurance_finding AS finding
         JOIN assurance_engagement AS engagement ON engagement.id = finding.engagement_id
        WHERE engagement.unit_id = unit.id AND finding.state <> 'verified') AS found ON true
  LEFT JOIN LATERAL (
       SELECT count(*) AS events
         FROM incidents_lossevent AS loss
         JOIN assurance_auditunit_risks AS of_unit ON of_unit.risk_id = loss.risk_id
        WHERE of_unit.auditunit_id = unit.id AND loss.discovered_on >= %(since)s) AS lost ON true
 WHERE unit.id = ANY(%(units)s);
