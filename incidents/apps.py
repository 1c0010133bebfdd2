from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    name = "incidents"
    verbose_name = _("Incidents")

    def ready(self):
        from incidents import (
            change_commands,
            imports,
            loss_history,
            loss_parts,
            record_names,
            risk_parts,
            tree_subjects,
        )
        from incidents.palette import find_cases, find_incidents, find_plans
        from staff.palette import register_source

        change_commands.register()
        record_names.register()
        risk_parts.register()
        register_source("cases", find_cases)
        register_source("plans", find_plans)
        register_source("incidents", find_incidents)
        record_names.register_more()
        loss_parts.register()
        imports.register()
        tree_subjects.register()
        loss_history.register()
