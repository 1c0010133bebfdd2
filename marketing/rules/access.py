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
    # Messages, what they may not say and what they must.
    "marketing.view_message": READERS,
    "marketing.view_forbiddenword": READERS,
    "marketing.view_disclosure": READERS,
    "marketing.add_message": WRITERS,
    "marketing.change_message": WRITERS,
    "marketing.view_claim": READERS,
    "marketing.add_claim": WRITERS,
    "marketing.approve_claim": CHECKERS,
    "marketing.add_contentrule": CHECKERS,
    "marketing.check_contentrule": CHECKERS | {Role.MANAGEMENT},
    # Offers, coupons, redemptions.
}

# Offers, coupons, redemptions.
GRANTS |= {
    "marketing.view_offer": READERS,
    "marketing.add_offer": WRITERS,
    "marketing.change_offer": WRITERS,
    "marketing.check_offer": CHECKERS | {Role.MANAGEMENT},
    "marketing.stop_offer": WRITERS | CHECKERS | {Role.RISK},
    "marketing.view_coupon": READERS,
    "marketing.add_couponbatch": WRITERS,
    "marketing.add_redpacket": WRITERS,
    "marketing.view_redemption": READERS,
    # The platform redeems through a token of an administrator's, as it delivers transactions.
    "marketing.redeem_offer": frozenset({Role.ADMINISTRATOR}),
    "marketing.hold_redemption": frozenset({Role.RISK, Role.COMPLIANCE}),
    "marketing.view_abuserule": READERS,
    "marketing.add_abuserule": frozenset({Role.RISK}),
    "marketing.check_abuserule": CHECKERS | {Role.MANAGEMENT},
}
