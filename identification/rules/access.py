from staff.rules.roles import Role

READERS = frozenset({Role.RISK, Role.COMPLIANCE, Role.INTERNAL_AUDIT, Role.MANAGEMENT, Role.PRODUCT, Role.SERVICE_LEAD})
WATCHING = frozenset({Role.RISK, Role.COMPLIANCE})

GRANTS: dict[str, frozenset[Role]] = {
    "identification.view_regulatorychange": READERS,
    "identification.add_regulatorychange": WATCHING,
    # Whoever closes a gap works on it: product and the lead of customer service too.
    "identification.change_regulatorychange": WATCHING | {Role.PRODUCT, Role.SERVICE_LEAD},
}
