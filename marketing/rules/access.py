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
