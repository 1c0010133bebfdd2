from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    name = "staff"
    verbose_name = _("Staff")

    def ready(self):
        from audit.alarms import ALARMS
        from pages.lists import EXPORTS, IMPORTS, SAVED_VIEWS
        from staff import account_commands, bulk, evidence, list_exports, policy_command, record_names
        from staff.imports import import_url_for
        from staff.palette import register_source
        from staff.search import search_people, search_teams
        from staff.services.log_alarms import tell_readers_of_the_log
        from staff.services.saved_views import views_for
        from staff.session_life import connect

        connect()
        account_commands.register()
        policy_command.register()
        register_source("people", search_people)
        register_source("teams", search_teams)
        record_names.register()
        evidence.register()
        list_exports.register()
        bulk.register()
        if list_exports.export_url_for not in EXPORTS:
            EXPORTS.append(list_exports.export_url_for)
        if import_url_for not in IMPORTS:
            IMPORTS.append(import_url_for)
        if views_for not in SAVED_VIEWS:
            SAVED_VIEWS.append(views_for)
        if tell_readers_of_the_log not in ALARMS:
            ALARMS.append(tell_readers_of_the_log)
