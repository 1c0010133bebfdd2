from django.urls import path

from customers.api.customers import CustomerViewSet
from customers.api.kyc import (
    IdentityDocumentViewSet,
    KycRuleViewSet,
    KycTaskViewSet,
    ListVersionViewSet,
    ScreeningHitViewSet,
)
from customers.api.privacy import (
    ConsentViewSet,
    NoticeViewSet,
    PrivacyRequestViewSet,
    PrivacyRuleViewSet,
    RevealViewSet,
)
from customers.api.transactions import transaction_batch

ROUTES = [
    ("customers", CustomerViewSet, "customer"),
    ("consents", ConsentViewSet, "consent"),
    ("notices", NoticeViewSet, "notice"),
    ("privacy-rules", PrivacyRuleViewSet, "privacy-rule"),
    ("privacy-requests", PrivacyRequestViewSet, "privacy-request"),
    ("reveals", RevealViewSet, "reveal"),
    ("identity-documents", IdentityDocumentViewSet, "identity-document"),
    ("kyc-tasks", KycTaskViewSet, "kyc-task"),
    ("kyc-rules", KycRuleViewSet, "kyc-rule"),
    ("screening-hits", ScreeningHitViewSet, "screening-hit"),
    ("watch-list-versions", ListVersionViewSet, "watch-list-version"),
]
# A colon is no part of a router's addresses.
PATHS = [path("transactions:batch", transaction_batch, name="transaction-batch")]
