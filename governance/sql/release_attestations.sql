-- One row: somebody who has not confirmed a policy and no longer belongs to its audience, having left or changed office.
UPDATE governance_attestation AS asked
   SET left_on = %(day)s
  FROM governance_policyversion AS version
 WHERE version.id = asked.version_id
   AND asked.confirmed_at IS NULL
   AND asked.left_on IS NULL
   AND NOT EXISTS (SELECT FROM governance_policyaudience AS audience
                    WHERE audience.policy_id = version.policy_id AND audience.person_id = asked.person_id)
