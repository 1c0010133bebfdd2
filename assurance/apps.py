from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssuranceConfig(AppConfig):
    name = "assurance"
    verbose_name = _("Assurance")

    def ready(self):
        from assurance import change_commands, control_measures, imports, record_names, risk_parts
        from assurance.palette import find_findings
        from staff.palette import register_source

        change_commands.register()
        control_measures.register()
        record_names.register()
        risk_parts.register()
        register_source("findings", find_findings)
        imports.register()
