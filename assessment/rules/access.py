from staff.rules.roles import EVERYONE, Role

RISK = frozenset({Role.RISK})
OVERSEERS = RISK | {Role.COMPLIANCE, Role.INTERNAL_AUDIT, Role.MANAGEMENT}

GRANTS: dict[str, frozenset[Role]] = {
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
