from staff.rules.roles import Role

# Who writes and runs; who signs off; who only looks.
WRITERS = frozenset({Role.MARKETING})
CHECKERS = frozenset({Role.COMPLIANCE})
READERS = WRITERS | CHECKERS | {Role.PRODUCT, Role.RISK, Role.INTERNAL_AUDIT, Role.MANAGEMENT}

GRANTS: dict[str, frozenset[Role]] = {
    # Segments. A suppression list is kept by those who sign off as well.
    "marketing.view_segment": READERS,
    "marketing.view_segmentmember": READERS,
    "marketing.add_segment": WRITERS | CHECKERS,
    "marketing.change_segment": WRITERS | CHECKERS,
    "marketing.refresh_segment": WRITERS | CHECKERS,
    "marketing.export_segment": WRITERS | CHECKERS,
}
