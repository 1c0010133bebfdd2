from staff.rules.roles import Role

# Who writes and runs; who signs off; who only looks.
WRITERS = frozenset({Role.MARKETING})
CHECKERS = frozenset({Role.COMPLIANCE})
READERS = WRITERS | CHECKERS | {Role.PRODUCT, Role.RISK, Role.INTERNAL_AUDIT, Role.MANAGEMENT}

GRANTS: dict[str, frozenset[Role]] = {}
