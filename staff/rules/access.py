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
    "staff.cancel_any_job": frozenset({Role.ADMINISTRATOR}),
    "staff.view_any_job": frozenset({Role.ADMINISTRATOR}),
    "staff.share_view": frozenset({Role.SERVICE_LEAD, Role.RISK, Role.COMPLIANCE, Role.MANAGEMENT, Role.ADMINISTRATOR}),
    "staff.delete_public_view": frozenset({Role.ADMINISTRATOR}),
    "staff.view_notification": EVERYONE,
    "staff.change_notification": EVERYONE,
    "staff.view_access_matrix": EVERYONE,
    # The log knows no roles; this room, just above it, says who reads it.
    "audit.view_event": OVERSIGHT,
    "audit.verify_event": OVERSIGHT,
    "audit.export_event": frozenset({Role.COMPLIANCE, Role.INTERNAL_AUDIT}),
}
