from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IdentificationConfig(AppConfig):
    name = "identification"
    verbose_name = _("Identification")

    def ready(self):
        from identification import map_names, map_parts, record_names
        from identification.palette import find_maps
        from staff.palette import register_source

        record_names.register()
        map_names.register()
        map_parts.register()
        register_source("process maps", find_maps)
