from staff.rules.roles import Role

GRANTS: dict[str, frozenset[Role]] = {}
