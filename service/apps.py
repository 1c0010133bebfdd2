from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServiceConfig(AppConfig):
    name = "service"
    verbose_name = _("Service")

    def ready(self):
        from service import personal_data
        from service.services.chats import follow_ticket
        from service.services.tickets import AFTER_CHANGE

        AFTER_CHANGE.append(follow_ticket)
        personal_data.register()
