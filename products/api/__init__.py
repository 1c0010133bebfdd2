from products.api.products import ProductViewSet

ROUTES = [("products", ProductViewSet, "product")]
