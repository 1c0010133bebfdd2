import django_filters
from django.utils.translation import gettext_lazy as _

from incidents.models import Plan
from incidents.people import case_people


class PlanFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label=_("Search"))
    owner = django_filters.ModelChoiceFilter(queryset=case_people, label=_("Owner"))
    written = django_filters.BooleanFilter(
        field_name="version", lookup_expr="isnull", exclude=True, label=_("A version is in force")
    )

    class Meta:
        model = Plan
        fields = ["q", "owner", "written"]
