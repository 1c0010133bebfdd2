from staff.rules.roles import EVERYONE, Role

AUDIT = frozenset({Role.INTERNAL_AUDIT})
READERS = AUDIT | {Role.COMPLIANCE, Role.MANAGEMENT}

GRANTS = {
    "assurance.view_auditunit": READERS,
    "assurance.add_auditunit": AUDIT,
    "assurance.change_auditunit": AUDIT,
    "assurance.view_engagement": READERS,
    "assurance.add_engagement": AUDIT,
    "assurance.change_engagement": AUDIT,
    "assurance.view_auditplan": READERS,
    "assurance.add_auditplan": AUDIT,
    "assurance.change_auditplan": AUDIT,
    "assurance.check_auditplan": frozenset({Role.MANAGEMENT}),
    "assurance.view_workingpaper": READERS,
    "assurance.add_workingpaper": AUDIT,
    "assurance.change_workingpaper": AUDIT,
    # Where there is one auditor, compliance reviews what they prepared.
    "assurance.review_workingpaper": AUDIT | {Role.COMPLIANCE},
    # Whoever owns an area or a finding sees theirs, and nothing else of the audit.
    "assurance.view_finding": EVERYONE,
    "assurance.add_finding": AUDIT,
    "assurance.answer_finding": EVERYONE - AUDIT - {Role.SERVICE},
    "assurance.verify_finding": AUDIT | {Role.COMPLIANCE},
}
