"""What `config.settings` says of the API."""

import os

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "staff.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["config.rest.BusinessPermission"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "config.rest.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"anon": "60/min", "user": os.environ.get("API_RATE", "1200/min")},
    "EXCEPTION_HANDLER": "config.rest.problem_details",
    "COERCE_DECIMAL_TO_STRING": True,
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Meridian API",
    "DESCRIPTION": "The operations back office, for programs. Same permissions, masking and filters as the pages.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {  # fields of one name that have other choices each
        "TransactionKindEnum": "customers.models.TransactionKind",
        "CustomerKindEnum": "customers.models.CustomerKind",
        "RiskLevelEnum": "risk.models.RiskLevel",
        "IncidentKindEnum": "incidents.models.IncidentKind",
        "LossKindEnum": "incidents.models.LossKind",
        "ControlKindEnum": "risk.models.controls.ControlKind",
        "RatingKindEnum": "risk.models.RatingKind",
        "RatingBasisEnum": "risk.models.RatingBasis",
        "GradeEnum": "identification.models.Grade",
        "ScenarioKindEnum": "identification.models.ScenarioKind",
        "RoundPurposeEnum": "identification.models.AssessmentPurpose",
        "PurposeEnum": "customers.models.Purpose",
        "VerdictEnum": "staff.models.Verdict",
        "SuitabilityVerdictEnum": "customers.models.Match",
        "PrivacyRequestKindEnum": "customers.models.RequestKind",
        "PrivacyRequestOutcomeEnum": "customers.models.RequestOutcome",
        "IdentityCheckEnum": "customers.models.IdentityCheck",
        "TicketChannelEnum": "service.models.Channel",
        "TicketKindEnum": "service.models.TicketKind",
        "TicketStatusEnum": "service.models.TicketStatus",
        "MessageDirectionEnum": "service.models.Direction",
        "ConsentChannelEnum": "customers.models.ConsentChannel",
    },
}
