from service.api.tickets import TicketViewSet

ROUTES = [("tickets", TicketViewSet, "ticket")]
