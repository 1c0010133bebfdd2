from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServiceConfig(AppConfig):
    name = "service"
    verbose_name = _("Service")

    def ready(self):
        from service import panels, personal_data, record_names

        personal_data.register()
        panels.register()
        record_names.register()
