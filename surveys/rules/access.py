from staff.rules.roles import EVERYONE, Role

DESK = frozenset({Role.SERVICE, Role.SERVICE_LEAD})
CONTROL = frozenset({Role.RISK, Role.COMPLIANCE, Role.INTERNAL_AUDIT})
AUTHORS = frozenset({Role.PRODUCT, Role.COMPLIANCE})

GRANTS = {
    "surveys.view_questionnaire": EVERYONE - {Role.ADMINISTRATOR},
    "surveys.add_questionnaire": AUTHORS,
    "surveys.change_questionnaire": AUTHORS,
    "surveys.publish_questionnaireversion": AUTHORS,
    "surveys.check_questionnaireversion": frozenset({Role.RISK, Role.COMPLIANCE, Role.MANAGEMENT}),
    "surveys.view_response": DESK | CONTROL,
    "surveys.fill_response": DESK,
}
