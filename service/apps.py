from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServiceConfig(AppConfig):
    name = "service"
    verbose_name = _("Service")

    def ready(self):
        from customers.merging import MOVES, Part, register_part
        from service import (
            change_commands,
            chat_actions,
            clock_panels,
            complaint_places,
            desk_panels,
            mail_panels,
            outlet_remarks,
            panels,
            personal_data,
            record_names,
        )
        from service.exports import tickets_export
        from service.palette import find_tickets
        from service.services import assignment, chats, clocks, deliveries, messages, ticket_news, tickets
        from service.services.breaches import breaches_export
        from staff.exports import register_export
        from staff.palette import register_source

        change_commands.register()
        register_export("service.tickets", tickets_export, permission="service.export_ticket")
        register_source("tickets", find_tickets)
        clock_panels.register()
        personal_data.register()
        register_part(Part("service.Ticket", "customer", MOVES, copies={"region": "region"}))
        panels.register()
        desk_panels.register()
        record_names.register()
        outlet_remarks.register()
        mail_panels.register()
        chat_actions.register()
        # Who has a ticket is settled before its deadlines are reckoned.
        tickets.AFTER_OPENING.append(assignment.assign_on_opening)
        tickets.AFTER_OPENING.append(clocks.follow)
        tickets.AFTER_CHANGE.append(clocks.follow)
        tickets.AFTER_CHANGE.append(chats.follow_ticket)
        register_export("service.breaches", breaches_export, permission="service.view_ticketclock")
        tickets.AFTER_CHANGE.append(assignment.follow_ended)
        messages.AFTER_ANSWER.append(deliveries.queue_delivery)
        messages.AFTER_WORDS.append(ticket_news.tell_assignee)
        complaint_places.register()
