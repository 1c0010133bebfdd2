from staff.rules.roles import Role

DESK = frozenset({Role.SERVICE, Role.SERVICE_LEAD})
CONTROL = frozenset({Role.RISK, Role.COMPLIANCE, Role.INTERNAL_AUDIT})

GRANTS = {
    "service.view_ticket": DESK | CONTROL,
    "service.add_ticket": DESK | {Role.COMPLIANCE},
    "service.answer_ticket": DESK | {Role.COMPLIANCE},
    "service.assign_ticket": frozenset({Role.SERVICE_LEAD}),
    "service.merge_ticket": DESK,
    "service.export_ticket": frozenset({Role.SERVICE_LEAD, Role.COMPLIANCE, Role.INTERNAL_AUDIT}),
    "service.view_macro": DESK | CONTROL,
    "service.change_macro": frozenset({Role.SERVICE_LEAD}),
    "service.view_queue": DESK | CONTROL,
    "service.change_queue": frozenset({Role.SERVICE_LEAD}),
    # Complaints: customer service takes and handles them, its lead and compliance decide, and others than who asked
    # approve what goes beyond.
    "service.view_complaint": DESK | CONTROL,
    "service.add_complaint": DESK | {Role.COMPLIANCE},
    "service.handle_complaint": DESK | {Role.COMPLIANCE},
    "service.decide_complaint": frozenset({Role.SERVICE_LEAD, Role.COMPLIANCE}),
    "service.check_complaint": frozenset({Role.SERVICE_LEAD, Role.COMPLIANCE, Role.MANAGEMENT}),
    "service.export_complaint": frozenset({Role.SERVICE_LEAD, Role.COMPLIANCE}),
    "service.view_improvement": DESK | CONTROL | {Role.PRODUCT},
    "service.plan_improvement": frozenset({Role.SERVICE_LEAD, Role.COMPLIANCE}),
    "service.view_businesscalendar": DESK | CONTROL | {Role.MANAGEMENT},
    "service.change_businesscalendar": frozenset({Role.SERVICE_LEAD}),
    "service.check_businesscalendar": frozenset({Role.COMPLIANCE, Role.MANAGEMENT}),
    "service.view_slapolicy": DESK | CONTROL | {Role.MANAGEMENT},
    "service.change_slapolicy": frozenset({Role.SERVICE_LEAD}),
    "service.check_slapolicy": frozenset({Role.COMPLIANCE, Role.MANAGEMENT}),
    "service.view_ticketclock": DESK | CONTROL,
    "service.view_mailbox": DESK | CONTROL | {Role.ADMINISTRATOR},
    "service.add_mailbox": frozenset({Role.ADMINISTRATOR}),
    "service.change_mailbox": frozenset({Role.ADMINISTRATOR}),
    "service.view_mail": DESK | CONTROL | {Role.ADMINISTRATOR},
    "service.open_original": frozenset({Role.SERVICE_LEAD, Role.COMPLIANCE}),
    "service.resend_mail": frozenset({Role.SERVICE_LEAD}),
    "service.view_article": DESK | CONTROL | {Role.PRODUCT, Role.MARKETING, Role.MANAGEMENT},
    "service.change_article": DESK | {Role.COMPLIANCE, Role.PRODUCT},
    "service.review_article": frozenset({Role.SERVICE_LEAD, Role.COMPLIANCE, Role.PRODUCT}),
    "service.view_article_gaps": frozenset({Role.SERVICE_LEAD, Role.COMPLIANCE, Role.MANAGEMENT}),
}
