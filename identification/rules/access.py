from staff.rules.roles import Role

READERS = frozenset({Role.RISK, Role.COMPLIANCE, Role.INTERNAL_AUDIT, Role.MANAGEMENT, Role.PRODUCT, Role.SERVICE_LEAD})
FINDERS = frozenset({Role.RISK, Role.COMPLIANCE})
DRAWERS = FINDERS | {Role.PRODUCT}
WORKERS = FINDERS | {Role.PRODUCT, Role.SERVICE_LEAD}

GRANTS = {
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
    "identification.view_processmap": READERS,
    "identification.add_processmap": DRAWERS,
    "identification.change_processmap": DRAWERS,
    # Whoever draws may be one of those who put in force; the drawing itself is checked by rules.
    "identification.enforce_processmap": frozenset({Role.RISK}),
}
