from staff.rules.roles import EVERYONE, Role

DESK = frozenset({Role.SERVICE, Role.SERVICE_LEAD})
CONTROL = frozenset({Role.RISK, Role.COMPLIANCE, Role.INTERNAL_AUDIT})

GRANTS = {
    "customers.view_customer": EVERYONE - {Role.ADMINISTRATOR},
    "customers.view_name": DESK | CONTROL,
    "customers.export_customer": frozenset({Role.SERVICE_LEAD, Role.RISK, Role.COMPLIANCE}),
    "customers.log_contact": DESK,
    "customers.view_transaction": DESK | CONTROL,
    "customers.add_transaction": frozenset({Role.ADMINISTRATOR}),
    "customers.view_importrun": frozenset({Role.ADMINISTRATOR, Role.RISK, Role.COMPLIANCE, Role.INTERNAL_AUDIT}),
    "customers.add_importrun": frozenset({Role.ADMINISTRATOR}),
}
