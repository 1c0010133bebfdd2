from rest_framework import mixins, serializers, viewsets

from staff.filters.people import UserFilter
from staff.models import User


class UserSerializer(serializers.ModelSerializer):
    id = serializers.CharField()
    name = serializers.CharField(source="full_name")
    roles = serializers.SerializerMethodField()
    teams = serializers.SlugRelatedField(slug_field="name", many=True, read_only=True)

    class Meta:
        model = User
        fields = ["id", "name", "email", "roles", "teams", "is_active"]
        read_only_fields = fields

    def get_roles(self, user: User) -> list[str]:
        return sorted(user.roles)


class UserViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """Who works here. Accounts are made and changed by administrators on their pages."""

    queryset = User.objects.none()
    serializer_class = UserSerializer
    filterset_class = UserFilter
    keyset_order = ["full_name", "id"]

    def get_queryset(self):
        return User.objects.visible_to(self.request.user).for_list()
