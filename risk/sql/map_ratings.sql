-- Ratings in force of open risks, said again under the matrix in force by its mapping; the old ones stay.
WITH said AS (
    INSERT INTO risk_riskrating (risk_id, kind, matrix_id, likelihood, impact, score, level, basis, model_version,
                                 reason, rated_by_id, rated_at)
    SELECT old.risk_id, old.kind, mapping.matrix_id, mapping.likelihood, mapping.impact, cell.score, cell.level,
           'mapping', '', old.matrix_id || ' → ' || %(reason)s, mapping.decided_by_id, %(at)s
      FROM risk_risk AS risk
      JOIN risk_riskrating AS old ON old.id IN (risk.inherent_id, risk.residual_id, risk.target_id)
      JOIN risk_matrixmapping AS mapping
        ON mapping.matrix_id = %(matrix)s AND mapping.old_matrix_id = old.matrix_id
       AND mapping.old_likelihood = old.likelihood AND mapping.old_impact = old.impact
      JOIN risk_riskmatrixcell AS cell
        ON cell.matrix_id = mapping.matrix_id AND cell.likelihood = mapping.likelihood AND cell.impact = mapping.impact
     WHERE risk.status = 'open'
    RETURNING id, risk_id, kind
), placed AS (
    UPDATE risk_risk AS risk
       SET inherent_id = coalesce(new.inherent, inherent_id), residual_id = coalesce(new.residual, residual_id),
           target_id = coalesce(new.target, target_id)
      FROM (SELECT risk_id, max(id) FILTER (WHERE kind = 'inherent') AS inherent,
                   max(id) FILTER (WHERE kind = 'residual') AS residual, max(id) FILTER (WHERE kind = 'target') AS target
              FROM said GROUP BY risk_id) AS new
     WHERE risk.id = new.risk_id
    RETURNING risk.id
)
SELECT count(*) FROM placed
