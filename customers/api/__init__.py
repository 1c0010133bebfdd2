from django.urls import path

from customers.api.customers import CustomerViewSet
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
]
# A colon is no part of a router's addresses.
PATHS = [path("transactions:batch", transaction_batch, name="transaction-batch")]
