from service.api.conversations import ConversationViewSet
from service.api.tickets import TicketViewSet

ROUTES = [
    ("tickets", TicketViewSet, "ticket"),
    ("conversations", ConversationViewSet, "conversation"),
]
