import django_filters
from django.utils.translation import gettext_lazy as _

from customers.models import ImportReject, ImportRun, ImportState


class ImportFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="mapping", lookup_expr="icontains", label=_("Mapping"))
    state = django_filters.MultipleChoiceFilter(choices=ImportState, label=_("State"))
    asked = django_filters.DateFromToRangeFilter(field_name="created_at", label=_("Asked"))

    class Meta:
        model = ImportRun
        fields: list[str] = []


class RejectFilter(django_filters.FilterSet):
    file = django_filters.ModelMultipleChoiceFilter(queryset=None, label=_("File"))
    column = django_filters.CharFilter(label=_("Column"))

    class Meta:
        model = ImportReject
        fields: list[str] = []

    def __init__(self, *args, run, **kwargs):
        self.base_filters["file"].queryset = run.files.order_by("position")
        super().__init__(*args, **kwargs)
