from staff.rules.roles import Role

READERS = frozenset({Role.RISK, Role.COMPLIANCE, Role.INTERNAL_AUDIT, Role.MANAGEMENT, Role.PRODUCT, Role.SERVICE_LEAD})
ACTING = frozenset({Role.RISK, Role.COMPLIANCE, Role.PRODUCT, Role.SERVICE_LEAD})

GRANTS = {
    "incidents.view_case": READERS,
    "incidents.add_case": ACTING,
    "incidents.change_case": ACTING,
    # Whoever may be called by a plan must be able to read it: customer service and administrators too.
    "incidents.view_plan": READERS | {Role.SERVICE, Role.ADMINISTRATOR},
    "incidents.add_plan": frozenset({Role.RISK}),
    "incidents.change_plan": frozenset({Role.RISK}),
    "incidents.check_plan": frozenset({Role.RISK, Role.COMPLIANCE, Role.MANAGEMENT}),
    "incidents.activate_plan": frozenset({Role.RISK, Role.COMPLIANCE, Role.MANAGEMENT, Role.SERVICE_LEAD}),
    "incidents.work_activation": ACTING | {Role.MANAGEMENT, Role.SERVICE, Role.ADMINISTRATOR},
}
