from django.urls import path

from customers.api.customers import CustomerViewSet
from customers.api.transactions import transaction_batch

ROUTES = [("customers", CustomerViewSet, "customer")]
# A colon is no part of a router's addresses.
PATHS = [path("transactions:batch", transaction_batch, name="transaction-batch")]
