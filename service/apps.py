from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServiceConfig(AppConfig):
    name = "service"
    verbose_name = _("Service")

    def ready(self):
        from customers.merging import MOVES, Part, register_part
        from service import personal_data

        personal_data.register()
        register_part(Part("service.Ticket", "customer", MOVES, copies={"region": "region"}))
