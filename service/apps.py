from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServiceConfig(AppConfig):
    name = "service"
    verbose_name = _("Service")

    def ready(self):
        from customers.merging import MOVES, Part, register_part
        from service import change_commands, complaint_places, panels, personal_data, record_names
        from service.services import chats, clocks, tickets

        change_commands.register()
        personal_data.register()
        register_part(Part("service.Ticket", "customer", MOVES, copies={"region": "region"}))
        panels.register()
        record_names.register()
        tickets.AFTER_OPENING.append(clocks.follow)
        tickets.AFTER_CHANGE.append(clocks.follow)
        tickets.AFTER_CHANGE.append(chats.follow_ticket)
        complaint_places.register()
