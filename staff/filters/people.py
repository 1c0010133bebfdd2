import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from staff.models import Team, User
from staff.rules.roles import Role


class UserFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="named", label=_("Name or e-mail"))
    role = django_filters.MultipleChoiceFilter(method="in_roles", choices=Role.choices, label=_("Role"))
    team = django_filters.ModelMultipleChoiceFilter(
        field_name="teams", queryset=lambda request: Team.objects.visible_to(request.user), label=_("Team")
    )
    active = django_filters.ChoiceFilter(
        field_name="is_active",
        choices=[("True", _("Active")), ("False", _("Not active"))],
        label=_("Active"),
        empty_label=_("All"),
    )

    class Meta:
        model = User
        fields: list[str] = []

    def named(self, people, name, value):
        value = value.strip()
        return people.filter(Q(full_name__icontains=value) | Q(email__icontains=value)) if value else people

    def in_roles(self, people, name, value):
        """By a subquery: a join would show a person of two roles twice."""
        return people.filter(pk__in=User.objects.filter(groups__name__in=value).values("pk")) if value else people


class TeamFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label=_("Name"))

    class Meta:
        model = Team
        fields: list[str] = []
