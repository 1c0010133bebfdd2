from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RiskConfig(AppConfig):
    name = "risk"
    verbose_name = _("Risk")

    def ready(self):
        from risk import (
            bulk_fields,
            change_commands,
            complaint_parts,
            control_measures,
            duty_commands,
            explanations,
            imports,
            own_parts,
            record_names,
            scales_commands,
            tier_commands,
        )
        from risk.palette import find_indicators, find_proposals, find_risks
        from staff.palette import register_source

        change_commands.register()
        scales_commands.register()
        tier_commands.register()
        duty_commands.register()
        register_source("risks", find_risks)
        register_source("proposals", find_proposals)
        register_source("indicators", find_indicators)
        record_names.register()
        explanations.register()
        control_measures.register()
        own_parts.register()
        complaint_parts.register()
        imports.register()
        bulk_fields.register()
