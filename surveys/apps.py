from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SurveysConfig(AppConfig):
    name = "surveys"
    verbose_name = _("Surveys")

    def ready(self):
        from staff.palette import register_source
        from surveys import change_commands, record_names
        from surveys.palette import search_questionnaires

        change_commands.register()
        record_names.register()
        register_source("questionnaires", search_questionnaires)
