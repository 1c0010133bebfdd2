from customers.api.customers import CustomerViewSet

ROUTES = [("customers", CustomerViewSet, "customer")]
