from staff.rules.roles import EVERYONE, Role

WRITERS = frozenset({Role.RISK, Role.COMPLIANCE})
CHECKERS = WRITERS | {Role.MANAGEMENT}

GRANTS: dict[str, frozenset[Role]] = {
    "governance.view_policy": EVERYONE,
    "governance.add_policy": WRITERS,
    "governance.change_policy": WRITERS,
    "governance.check_policy": CHECKERS,
    # Everybody sees what they themselves are asked to confirm.
    "governance.view_attestation": EVERYONE,
    "governance.oversee_attestation": CHECKERS | {Role.INTERNAL_AUDIT, Role.SERVICE_LEAD},
    # Who answers for what is no secret within the house.
    "governance.view_dutyarea": EVERYONE,
    "governance.add_dutyarea": WRITERS,
    "governance.change_dutyarea": WRITERS,
    "governance.change_dutymatrix": WRITERS,
    "governance.check_dutymatrix": CHECKERS,
    "governance.view_lineassignment": CHECKERS | {Role.INTERNAL_AUDIT},
    "governance.add_lineassignment": WRITERS,
    "governance.check_lineassignment": CHECKERS,
}
