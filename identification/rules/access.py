from staff.rules.roles import Role

READERS = frozenset({Role.RISK, Role.COMPLIANCE, Role.INTERNAL_AUDIT, Role.MANAGEMENT, Role.PRODUCT, Role.SERVICE_LEAD})
FINDERS = frozenset({Role.RISK, Role.COMPLIANCE})

WORKERS = FINDERS | {Role.PRODUCT, Role.SERVICE_LEAD}

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
}
