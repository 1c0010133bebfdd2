import django_filters
from django.utils.translation import gettext_lazy as _

from incidents.models import Crisis


class CrisisFilter(django_filters.FilterSet):
    open = django_filters.BooleanFilter(field_name="ended_at", lookup_expr="isnull", label=_("Open"))

    class Meta:
        model = Crisis
        fields = ["open"]
