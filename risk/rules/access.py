from staff.rules.roles import EVERYONE, Role

READERS = frozenset({Role.RISK, Role.COMPLIANCE, Role.INTERNAL_AUDIT, Role.MANAGEMENT, Role.PRODUCT, Role.SERVICE_LEAD})
RISK = frozenset({Role.RISK})

GRANTS = {
    "risk.view_risk": READERS,
    "risk.add_risk": RISK | {Role.COMPLIANCE},
    "risk.change_risk": RISK,
    "risk.rate_risk": RISK,
    "risk.review_risk": RISK,
    # Everybody reports a risk and sees what became of it; what others reported is for those who oversee it.
    "risk.view_riskproposal": EVERYONE,
    "risk.add_riskproposal": EVERYONE,
    "risk.oversee_riskproposal": RISK | {Role.COMPLIANCE, Role.INTERNAL_AUDIT, Role.MANAGEMENT},
    "risk.decide_riskproposal": RISK,
    "risk.view_control": READERS,
    "risk.add_control": RISK | {Role.COMPLIANCE},
    "risk.change_control": RISK | {Role.COMPLIANCE},
    "risk.add_tierrule": RISK,
    "risk.test_control": RISK | {Role.COMPLIANCE, Role.INTERNAL_AUDIT},
    "risk.view_treatment": READERS,
    "risk.add_treatment": RISK | {Role.COMPLIANCE, Role.PRODUCT, Role.SERVICE_LEAD},
    "risk.change_treatment": RISK | {Role.COMPLIANCE, Role.PRODUCT, Role.SERVICE_LEAD},
    "risk.view_indicator": READERS,
    "risk.add_indicator": RISK,
    "risk.change_indicator": RISK,
    "risk.check_bounds": RISK | {Role.COMPLIANCE, Role.MANAGEMENT},
    "risk.add_indicatorreading": RISK | {Role.COMPLIANCE},
    "risk.view_alert": READERS,
    "risk.assign_alert": RISK,
    "risk.close_alert": RISK | {Role.COMPLIANCE, Role.PRODUCT, Role.SERVICE_LEAD},
    "risk.view_loangrade": READERS,
    "risk.view_appetitestatement": READERS,
    "risk.add_appetitestatement": RISK,
    "risk.add_riskmatrix": RISK,
    "risk.check_scales": RISK | {Role.MANAGEMENT},
    "risk.change_conflictrule": RISK | {Role.COMPLIANCE},
    "risk.add_dutyexception": RISK | {Role.COMPLIANCE},
    "risk.check_conflictrule": RISK | {Role.COMPLIANCE, Role.MANAGEMENT},
    "risk.view_conflictrule": frozenset(
        {Role.RISK, Role.COMPLIANCE, Role.INTERNAL_AUDIT, Role.MANAGEMENT, Role.ADMINISTRATOR}
    ),
}
