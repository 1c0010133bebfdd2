from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssuranceConfig(AppConfig):
    name = "assurance"
    verbose_name = _("Assurance")

    def ready(self):
        from assurance import imports, record_names, risk_parts
        from assurance.palette import find_findings
        from staff.palette import register_source

        record_names.register()
        risk_parts.register()
        register_source("findings", find_findings)
        imports.register()
