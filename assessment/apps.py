from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssessmentConfig(AppConfig):
    name = "assessment"
    verbose_name = _("Assessment")

    def ready(self):
        from assessment import assessment_parts, panel_parts, record_names, table_commands
        from assessment.palette import find_assessments, find_panels
        from staff.palette import register_source

        record_names.register()
        panel_parts.register()
        assessment_parts.register()
        table_commands.register()
        register_source("panels", find_panels)
        register_source("assessments", find_assessments)
