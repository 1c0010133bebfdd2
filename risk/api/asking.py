"""What registers of this room and of those above share: acts that read what they are asked with one serializer and call one
service, and records named by their references."""

from django.utils import timezone
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.response import Response


class SeenField(serializers.SlugRelatedField):
    """A record by its reference, if the reader sees it."""

    def get_queryset(self):
        return super().get_queryset().model.objects.visible_to(self.context["request"].user)


class Asking(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """A register whose acts read what they are asked with one serializer, and call one service.

    `record_key` is how its services call the key of the record they act on, such as `panel_id`."""

    lookup_field = "reference"
    record_key = ""

    def get_queryset(self):
        return self.queryset.model.objects.visible_to(self.request.user).for_list()

    def asked(self, serializer):
        command = serializer(data=self.request.data, context={"request": self.request})
        command.is_valid(raise_exception=True)
        return command.validated_data

    def act(self, service, serializer=None):
        """Act on one record, and show it. It is looked for before the body is judged: what somebody may not see tells
        nothing about itself."""
        one = self.get_object()
        said = self.asked(serializer) if serializer else {}
        service(actor=self.request.user, at=timezone.now(), **{self.record_key: one.pk}, **said)
        return self.shown(getattr(one, self.lookup_field))

    def shown(self, key, code=status.HTTP_200_OK):
        found = self.get_queryset().get(**{self.lookup_field: key})
        return Response(self.get_serializer(found).data, status=code)
