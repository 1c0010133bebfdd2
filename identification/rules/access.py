from staff.rules.roles import Role

READERS = frozenset({Role.RISK, Role.COMPLIANCE, Role.INTERNAL_AUDIT, Role.MANAGEMENT, Role.PRODUCT, Role.SERVICE_LEAD})
FINDERS = frozenset({Role.RISK, Role.COMPLIANCE})

GRANTS = {
    "identification.view_emergingrisk": READERS,
    "identification.add_emergingrisk": FINDERS,
    "identification.change_emergingrisk": FINDERS,
}
