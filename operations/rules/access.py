from staff.rules.roles import EVERYONE, Role

GRANTS = {
    "operations.view_home": EVERYONE,
    "operations.view_figure": EVERYONE,
    "operations.view_nightlyrun": frozenset(
        {Role.RISK, Role.COMPLIANCE, Role.INTERNAL_AUDIT, Role.MANAGEMENT, Role.ADMINISTRATOR}
    ),
    "operations.start_nightlyrun": frozenset({Role.ADMINISTRATOR, Role.RISK}),
}
