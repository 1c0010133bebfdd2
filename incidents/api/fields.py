from rest_framework import serializers


class SeenField(serializers.SlugRelatedField):
    """A record by its reference, if the reader sees it."""

    def get_queryset(self):
        return super().get_queryset().model.objects.visible_to(self.context["request"].user)
