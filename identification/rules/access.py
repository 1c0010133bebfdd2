from staff.rules.roles import Role

READERS = frozenset({Role.RISK, Role.COMPLIANCE, Role.INTERNAL_AUDIT, Role.MANAGEMENT, Role.PRODUCT, Role.SERVICE_LEAD})
FINDERS = frozenset({Role.RISK, Role.COMPLIANCE})

GRANTS: dict[str, frozenset[Role]] = {
    "identification.view_emergingrisk": READERS,
    "identification.add_emergingrisk": FINDERS,
    "identification.change_emergingrisk": FINDERS,
    "identification.view_regulatorychange": READERS,
    "identification.add_regulatorychange": FINDERS,
    # Whoever closes a gap works on it: product and the lead of customer service too.
    "identification.change_regulatorychange": FINDERS | {Role.PRODUCT, Role.SERVICE_LEAD},
}
