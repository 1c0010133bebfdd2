from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProductsConfig(AppConfig):
    name = "products"
    verbose_name = _("Products")

    def ready(self):
        from products import change_commands, record_names
        from products.models import LineCode
        from products.palette import search_products
        from staff.palette import register_source
        from staff.scopes import register_scope

        change_commands.register()
        register_source("products", search_products)
        record_names.register()
        register_scope("business_lines", lambda: LineCode.choices)
