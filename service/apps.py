from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServiceConfig(AppConfig):
    name = "service"
    verbose_name = _("Service")

    def ready(self):
        from service import complaint_commands, personal_data
        from service.services import complaint_conflicts, tickets

        personal_data.register()
        complaint_commands.register()
        tickets.AFTER_OPENING.append(complaint_conflicts.keep_free)
        tickets.AFTER_CHANGE.append(complaint_conflicts.keep_free)
