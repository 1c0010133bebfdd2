-- One row: a person who is asked to confirm the version of a policy that is in force on the day. Nobody is asked twice of one
-- version; somebody who had left the audience and has come back is asked again, until a new day.
WITH holds AS (
    SELECT DISTINCT ON (version.policy_id) version.id, version.policy_id
      FROM governance_policyversion AS version
     WHERE version.effective_from <= %(day)s
     ORDER BY version.policy_id, version.effective_from DESC
)
INSERT INTO governance_attestation AS asked (version_id, person_id, asked_at, due_on, sha256)
SELECT holds.id, audience.person_id, %(at)s, %(day)s::date + policy.confirm_days, ''
  FROM holds
  JOIN governance_policy AS policy ON policy.id = holds.policy_id
  JOIN governance_policyaudience AS audience ON audience.policy_id = policy.id
    ON CONFLICT (version_id, person_id) DO UPDATE
   SET left_on = NULL, due_on = EXCLUDED.due_on
 WHERE asked.left_on IS NOT NULL AND asked.confirmed_at IS NULL
RETURNING version_id, person_id
