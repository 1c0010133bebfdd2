from django.utils import timezone
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from staff.filters.jobs import NotificationFilter
from staff.models import Notification
from staff.services.notifications import mark_all_read, mark_read


class NotificationSerializer(serializers.ModelSerializer):
    id = serializers.CharField()

    class Meta:
        model = Notification
        fields = ["id", "kind", "title", "body", "url", "created_at", "read_at"]
        read_only_fields = fields


class NotificationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """One's own notifications, newest first."""

    queryset = Notification.objects.none()
    serializer_class = NotificationSerializer
    filterset_class = NotificationFilter
    keyset_order = ["-created_at", "-id"]
    permission_map = {"read": "staff.change_notification", "read_all": "staff.change_notification"}

    def get_queryset(self):
        return Notification.objects.visible_to(self.request.user).for_list()

    @extend_schema(request=None, responses=NotificationSerializer)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: str) -> Response:
        """Mark one as read."""
        notification = mark_read(actor=request.user, notification_id=self.get_object().pk, at=timezone.now())
        return Response(NotificationSerializer(notification).data)

    @extend_schema(request=None, responses=inline_serializer("MarkedRead", {"marked": serializers.IntegerField()}))
    @action(detail=False, methods=["post"], url_path="read-all")
    def read_all(self, request: Request) -> Response:
        """Mark all as read; answers how many were not."""
        return Response({"marked": mark_all_read(actor=request.user, at=timezone.now())})
