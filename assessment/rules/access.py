from staff.rules.roles import EVERYONE, Role

RISK = frozenset({Role.RISK})
FIRST_LINE = frozenset({Role.PRODUCT, Role.SERVICE_LEAD})
OVERSEERS = RISK | {Role.COMPLIANCE, Role.INTERNAL_AUDIT, Role.MANAGEMENT}

GRANTS: dict[str, frozenset[Role]] = {
    "assessment.view_assessment": OVERSEERS | FIRST_LINE,
    # Whoever owns a risk judges and decides it; the service asks for the ownership.
    "assessment.add_assessment": RISK | FIRST_LINE | {Role.COMPLIANCE, Role.MANAGEMENT},
    "assessment.decide_assessment": RISK | FIRST_LINE | {Role.COMPLIANCE, Role.MANAGEMENT},
    "assessment.approve_assessment": RISK | {Role.COMPLIANCE, Role.MANAGEMENT},
    "assessment.add_mixrule": RISK,
    "assessment.add_scaletable": RISK,
    # Whoever sits on a panel sees that panel, and no other.
    "assessment.view_panel": EVERYONE,
    "assessment.vote_on_panel": EVERYONE,
    "assessment.oversee_panel": OVERSEERS,
    "assessment.add_panel": RISK,
    "assessment.change_panel": RISK,
    # Not the risk office, which runs the panels: an expert must not fear whoever chooses experts.
    "assessment.see_panel_names": frozenset({Role.COMPLIANCE, Role.INTERNAL_AUDIT}),
    "assessment.record_outcome": RISK | {Role.COMPLIANCE},
    "assessment.view_calibration": OVERSEERS,
}
