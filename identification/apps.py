from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IdentificationConfig(AppConfig):
    name = "identification"
    verbose_name = _("Identification")

    def ready(self):
        from identification import record_names
        from identification.palette import find_changes
        from staff.palette import register_source

        record_names.register()
        register_source("regulatory changes", find_changes)
