from staff.rules.roles import Role

READERS = frozenset({Role.RISK, Role.COMPLIANCE, Role.INTERNAL_AUDIT, Role.MANAGEMENT, Role.PRODUCT, Role.SERVICE_LEAD})
FINDERS = frozenset({Role.RISK, Role.COMPLIANCE})

WORKERS = FINDERS | {Role.PRODUCT, Role.SERVICE_LEAD}
SURVEYORS = FINDERS | {Role.INTERNAL_AUDIT, Role.MANAGEMENT}
DRAWERS = FINDERS | {Role.PRODUCT}

GRANTS = {
    "identification.view_causetree": READERS,
    "identification.add_causetree": WORKERS,
    "identification.change_causetree": WORKERS,
    "identification.view_swiftsession": READERS,
    "identification.add_swiftsession": WORKERS,
    "identification.change_swiftsession": WORKERS,
    "identification.view_guideword": READERS,
    "identification.change_guideword": FINDERS,
    "identification.view_checklist": READERS,
    "identification.add_checklist": FINDERS,
    "identification.change_checklist": FINDERS,
    "identification.view_checklistrun": READERS,
    "identification.add_checklistrun": WORKERS,
    "identification.change_checklistrun": WORKERS,
    "identification.view_emergingrisk": READERS,
    "identification.add_emergingrisk": FINDERS,
    "identification.change_emergingrisk": FINDERS,
    "identification.view_scenario": READERS,
    "identification.add_scenario": FINDERS,
    "identification.change_scenario": FINDERS,
    "identification.add_scenariooutcome": FINDERS | {Role.MANAGEMENT},
    "identification.view_bowtie": READERS,
    "identification.add_bowtie": FINDERS,
    "identification.change_bowtie": FINDERS,
    "identification.view_selfassessment": SURVEYORS,
    "identification.add_selfassessment": FINDERS,
    "identification.change_selfassessment": FINDERS,
    "identification.view_regulatorychange": READERS,
    "identification.add_regulatorychange": FINDERS,
    # Whoever closes a gap works on it: product and the lead of customer service too.
    "identification.change_regulatorychange": WORKERS,
    "identification.view_processmap": READERS,
    "identification.add_processmap": DRAWERS,
    "identification.change_processmap": DRAWERS,
    # Whoever draws may be one of those who put in force; the drawing itself is checked by rules.
    "identification.enforce_processmap": frozenset({Role.RISK}),
}
