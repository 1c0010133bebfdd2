from staff.rules.roles import EVERYONE, Role

DESK = frozenset({Role.SERVICE, Role.SERVICE_LEAD})
CONTROL = frozenset({Role.RISK, Role.COMPLIANCE, Role.INTERNAL_AUDIT})

GRANTS = {
    "customers.view_customer": EVERYONE - {Role.ADMINISTRATOR},
    "customers.view_name": DESK | CONTROL,
    # Privacy: who is shown one value, records what people ask and agree to, and answers for it.
    "customers.reveal_field": DESK | {Role.COMPLIANCE},
    "customers.verify_caller": DESK | {Role.COMPLIANCE},
    "customers.reveal_unverified": frozenset({Role.SERVICE_LEAD, Role.COMPLIANCE}),
    "customers.view_reveal": CONTROL,
    # What is said of customers; those who may not know of a tag of care or risk are shown nothing of it.
    "customers.view_tag": EVERYONE - {Role.ADMINISTRATOR},
    "customers.view_care_tag": DESK | CONTROL,
    "customers.view_risk_tag": CONTROL,
    "customers.add_customertag": DESK | {Role.MARKETING, Role.RISK, Role.COMPLIANCE},
    "customers.add_care_tag": DESK | {Role.COMPLIANCE},
    "customers.add_risk_tag": frozenset({Role.RISK, Role.COMPLIANCE}),
    "customers.change_tag": frozenset({Role.COMPLIANCE}),
    "customers.view_consent": DESK | CONTROL | {Role.MARKETING},
    "customers.record_consent": DESK | {Role.COMPLIANCE},
    "customers.add_consent": frozenset({Role.ADMINISTRATOR}),
    "customers.view_notice": DESK | CONTROL | {Role.MARKETING},
    "customers.add_notice": frozenset({Role.COMPLIANCE}),
    "customers.view_privacyrequest": DESK | CONTROL,
    "customers.add_privacyrequest": DESK | {Role.COMPLIANCE},
    "customers.handle_privacyrequest": frozenset({Role.COMPLIANCE}),
    "customers.erase_customer": frozenset({Role.COMPLIANCE}),
    "customers.check_privacy": frozenset({Role.COMPLIANCE, Role.MANAGEMENT}),
    "customers.view_privacyrule": DESK | CONTROL,
    "customers.view_keyrotation": frozenset({Role.COMPLIANCE, Role.INTERNAL_AUDIT, Role.ADMINISTRATOR}),
    # Knowing customers: what says who they are, what is to be done about it.
    "customers.view_identitydocument": DESK | CONTROL,
    "customers.add_identitydocument": DESK | {Role.COMPLIANCE},
    "customers.verify_identitydocument": frozenset({Role.SERVICE_LEAD, Role.COMPLIANCE}),
    "customers.view_kyctask": DESK | CONTROL,
    "customers.view_kycrule": DESK | CONTROL,
    # Screening: nobody else learns that there are hits, or that there are none. The log tells internal audit anyway.
    "customers.view_watchlist": frozenset({Role.COMPLIANCE, Role.INTERNAL_AUDIT}),
    "customers.add_watchlist": frozenset({Role.COMPLIANCE}),
    "customers.add_listversion": frozenset({Role.COMPLIANCE}),
    "customers.view_screeninghit": frozenset({Role.COMPLIANCE, Role.INTERNAL_AUDIT}),
    "customers.handle_screeninghit": frozenset({Role.COMPLIANCE}),
    "customers.check_screeninghit": frozenset({Role.COMPLIANCE}),
    "customers.rotate_keys": frozenset({Role.ADMINISTRATOR}),
    "customers.export_customer": frozenset({Role.SERVICE_LEAD, Role.RISK, Role.COMPLIANCE}),
    "customers.log_contact": DESK,
    # One person, one record.
    "customers.view_duplicatepair": DESK | {Role.COMPLIANCE},
    "customers.judge_duplicatepair": DESK | {Role.COMPLIANCE},
    "customers.view_duplicaterun": DESK | {Role.COMPLIANCE},
    "customers.view_merge": DESK | CONTROL,
    "customers.merge_customer": DESK | {Role.COMPLIANCE},
    "customers.check_merge": frozenset({Role.SERVICE_LEAD, Role.COMPLIANCE}),
    "customers.find_duplicates": frozenset({Role.SERVICE_LEAD, Role.COMPLIANCE}),
    "customers.view_transaction": DESK | CONTROL,
    "customers.add_transaction": frozenset({Role.ADMINISTRATOR}),
    "customers.view_importrun": frozenset({Role.ADMINISTRATOR, Role.RISK, Role.COMPLIANCE, Role.INTERNAL_AUDIT}),
    "customers.add_importrun": frozenset({Role.ADMINISTRATOR}),
}
