from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = _("Governance")

    def ready(self):
        from governance import change_commands, duty_commands, record_names, risk_parts
        from governance.palette import find_areas, find_policies
        from staff.palette import register_source

        change_commands.register()
        duty_commands.register()
        record_names.register()
        risk_parts.register()
        register_source("policies", find_policies)
        register_source("duties", find_areas)
