from staff.rules.roles import Role

# Who writes and runs; who signs off; who only looks.
WRITERS = frozenset({Role.MARKETING})
CHECKERS = frozenset({Role.COMPLIANCE})
READERS = WRITERS | CHECKERS | {Role.PRODUCT, Role.RISK, Role.INTERNAL_AUDIT, Role.MANAGEMENT}

GRANTS: dict[str, frozenset[Role]] = {
    # Campaigns: marketing plans and runs them, compliance signs them off and may stop them.
    "marketing.view_campaign": READERS,
    "marketing.add_campaign": WRITERS,
    "marketing.change_campaign": WRITERS,
    "marketing.run_campaign": WRITERS | CHECKERS,
    "marketing.sign_campaign": CHECKERS,
    "marketing.export_campaign": CHECKERS | {Role.INTERNAL_AUDIT},
    "marketing.view_provider": READERS | {Role.ADMINISTRATOR},
    "marketing.change_provider": frozenset({Role.ADMINISTRATOR}),
    "marketing.view_contactrule": READERS,
    "marketing.add_contactrule": CHECKERS,
    "marketing.check_contactrule": CHECKERS | {Role.MANAGEMENT},
    # What the app of the company does: reads the inbox of its customers.
    "marketing.read_inbox": frozenset({Role.ADMINISTRATOR}),
    # Segments. A suppression list is kept by those who sign off as well.
    "marketing.view_segment": READERS,
    "marketing.view_segmentmember": READERS,
    "marketing.add_segment": WRITERS | CHECKERS,
    "marketing.change_segment": WRITERS | CHECKERS,
    "marketing.refresh_segment": WRITERS | CHECKERS,
    "marketing.export_segment": WRITERS | CHECKERS,
}
