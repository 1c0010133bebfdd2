from staff.rules.roles import Role

READERS = frozenset({Role.RISK, Role.COMPLIANCE, Role.INTERNAL_AUDIT, Role.MANAGEMENT, Role.PRODUCT, Role.SERVICE_LEAD})
DRAWERS = frozenset({Role.RISK, Role.COMPLIANCE, Role.PRODUCT})

GRANTS: dict[str, frozenset[Role]] = {
    "identification.view_processmap": READERS,
    "identification.add_processmap": DRAWERS,
    "identification.change_processmap": DRAWERS,
    # Whoever draws may be one of those who put in force; the drawing itself is checked by rules.
    "identification.enforce_processmap": frozenset({Role.RISK}),
}
