from staff.rules.roles import Role

READERS = frozenset({Role.RISK, Role.COMPLIANCE, Role.INTERNAL_AUDIT, Role.MANAGEMENT, Role.PRODUCT, Role.SERVICE_LEAD})
WRITERS = frozenset({Role.RISK, Role.COMPLIANCE})
SURVEYORS = WRITERS | {Role.INTERNAL_AUDIT, Role.MANAGEMENT}

GRANTS: dict[str, frozenset[Role]] = {
    "identification.view_scenario": READERS,
    "identification.add_scenario": WRITERS,
    "identification.change_scenario": WRITERS,
    "identification.add_scenariooutcome": WRITERS | {Role.MANAGEMENT},
    "identification.view_bowtie": READERS,
    "identification.add_bowtie": WRITERS,
    "identification.change_bowtie": WRITERS,
    "identification.view_selfassessment": SURVEYORS,
    "identification.add_selfassessment": WRITERS,
    "identification.change_selfassessment": WRITERS,
}
