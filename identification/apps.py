from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IdentificationConfig(AppConfig):
    name = "identification"
    verbose_name = _("Identification")

    def ready(self):
        from identification import (
            map_names,
            map_parts,
            record_names,
            risk_parts,
            scenario_names,
            scenario_parts,
            survey_purposes,
        )
        from identification.palette import find_changes, find_maps
        from identification.scenario_palette import find_scenarios
        from staff.palette import register_source

        record_names.register()
        risk_parts.register()
        scenario_names.register()
        scenario_parts.register()
        survey_purposes.register()
        register_source("scenarios", find_scenarios)
        register_source("regulatory changes", find_changes)
        map_names.register()
        map_parts.register()
        register_source("process maps", find_maps)
