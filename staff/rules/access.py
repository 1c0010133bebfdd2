from staff.rules.roles import EVERYONE, Role

OVERSIGHT = frozenset({Role.COMPLIANCE, Role.INTERNAL_AUDIT, Role.ADMINISTRATOR})

GRANTS = {
    "staff.view_user": EVERYONE,
    "staff.add_user": frozenset({Role.ADMINISTRATOR}),
    "staff.change_user": frozenset({Role.ADMINISTRATOR}),
    "staff.view_team": EVERYONE,
    "staff.add_team": frozenset({Role.ADMINISTRATOR}),
    "staff.change_team": frozenset({Role.ADMINISTRATOR, Role.SERVICE_LEAD}),
    "staff.view_job": EVERYONE,
    "staff.bulk_edit": frozenset({Role.SERVICE_LEAD, Role.COMPLIANCE, Role.RISK}),
    "staff.check_bulk_edit": frozenset({Role.SERVICE_LEAD, Role.COMPLIANCE, Role.RISK, Role.MANAGEMENT}),
    "staff.export_list": EVERYONE - {Role.SERVICE},
    "staff.cancel_any_job": frozenset({Role.ADMINISTRATOR}),
    "staff.view_any_job": frozenset({Role.ADMINISTRATOR}),
    "staff.share_view": frozenset({Role.SERVICE_LEAD, Role.RISK, Role.COMPLIANCE, Role.MANAGEMENT, Role.ADMINISTRATOR}),
    "staff.delete_public_view": frozenset({Role.ADMINISTRATOR}),
    "staff.view_notification": EVERYONE,
    "staff.change_notification": EVERYONE,
    "staff.view_access_matrix": EVERYONE,
    # Four eyes. Who approves what stands in the policies; these are the rights they name, and the pages.
    "staff.view_changerequest": EVERYONE,
    "staff.add_changerequest": EVERYONE,
    "staff.view_any_changerequest": frozenset({Role.COMPLIANCE, Role.INTERNAL_AUDIT}),
    "staff.check_account": frozenset({Role.ADMINISTRATOR, Role.COMPLIANCE}),
    "staff.check_export": frozenset({Role.RISK, Role.COMPLIANCE}),
    "staff.check_policy": frozenset({Role.COMPLIANCE, Role.MANAGEMENT}),
    "staff.view_changepolicy": OVERSIGHT | {Role.MANAGEMENT},
    "staff.change_changepolicy": frozenset({Role.ADMINISTRATOR, Role.COMPLIANCE}),
    # The log knows no roles; this room, just above it, says who reads it.
    "audit.view_event": OVERSIGHT,
    "audit.verify_event": OVERSIGHT,
    "audit.export_event": frozenset({Role.COMPLIANCE, Role.INTERNAL_AUDIT}),
}
