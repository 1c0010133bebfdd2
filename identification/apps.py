from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IdentificationConfig(AppConfig):
    name = "identification"
    verbose_name = _("Identification")

    def ready(self):
        from identification import record_names, risk_parts

        record_names.register()
        risk_parts.register()
