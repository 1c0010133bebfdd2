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

GRANTS |= {
    "incidents.view_incident": READERS,
    "incidents.add_incident": ACTING,
    "incidents.change_incident": ACTING,
    "incidents.view_lossevent": READERS,
    "incidents.view_noticerule": READERS,
    "incidents.add_noticerule": frozenset({Role.RISK, Role.COMPLIANCE}),
    "incidents.check_noticerule": frozenset({Role.COMPLIANCE, Role.MANAGEMENT}),
    "incidents.add_lossevent": frozenset({Role.RISK, Role.COMPLIANCE}),
    "incidents.change_lossevent": frozenset({Role.RISK, Role.COMPLIANCE}),
    # A crisis is said to everybody on every page.
    "incidents.view_crisis": frozenset(Role),
    "incidents.declare_crisis": frozenset({Role.MANAGEMENT}),
    "incidents.decide_crisis": frozenset({Role.MANAGEMENT, Role.RISK, Role.COMPLIANCE}),
}
