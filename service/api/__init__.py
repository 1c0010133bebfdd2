from service.api.conversations import ConversationViewSet

ROUTES = [("conversations", ConversationViewSet, "conversation")]
