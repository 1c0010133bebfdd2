from django.urls import path

from products.views import lines, prices, products, versions

app_name = "products"
urlpatterns = [
    path("", products.product_list, name="product_list"),
    path("new/", products.product_create, name="product_create"),
    path("lines/", lines.line_list, name="line_list"),
    path("lines/<slug:code>/switch/", lines.line_switch, name="line_switch"),
    path("versions/<int:pk>/", versions.version_detail, name="version_detail"),
    path("versions/<int:pk>/edit/", versions.version_edit, name="version_edit"),
    path("versions/<int:pk>/submit/", versions.version_submit, name="version_submit"),
    path("versions/<int:pk>/documents/", versions.document_add, name="document_add"),
    path("documents/<int:pk>/", products.document, name="document"),
    path("<slug:code>/", products.product_detail, name="product_detail"),
    path("<slug:code>/days/", products.product_days, name="product_days"),
    path("<slug:code>/move/", products.product_move, name="product_move"),
    path("<slug:code>/version/", products.version_start, name="version_start"),
    path("<slug:code>/price/", prices.price_set, name="price_set"),
]
