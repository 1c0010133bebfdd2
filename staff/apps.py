from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    name = "staff"
    verbose_name = _("Staff")

    def ready(self):
        from pages.lists import SAVED_VIEWS
        from staff import account_commands, policy_command
        from staff.palette import register_source
        from staff.search import search_people, search_teams
        from staff.services.saved_views import views_for

        account_commands.register()
        policy_command.register()
        register_source("people", search_people)
        register_source("teams", search_teams)
        if views_for not in SAVED_VIEWS:
            SAVED_VIEWS.append(views_for)
