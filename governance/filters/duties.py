import django_filters
from django.utils.translation import gettext_lazy as _

from governance.models import Department, Duty, DutyArea, LineAssignment, Part


def _areas(request):
    return DutyArea.objects.visible_to(request.user).order_by("name") if request else DutyArea.objects.none()


def _departments(request):
    return Department.objects.select_related("team")


class AreaFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="name", lookup_expr="icontains", label=_("Search"))

    class Meta:
        model = DutyArea
        fields = ["q"]


class ActivityFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="activity", lookup_expr="icontains", label=_("Search"))

    class Meta:
        model = Duty
        fields = ["q"]


class DutyFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="activity", lookup_expr="icontains", label=_("Search"))
    area = django_filters.ModelChoiceFilter(queryset=_areas, field_name="matrix__area", label=_("Area of duties"))
    department = django_filters.ModelChoiceFilter(queryset=_departments, method="of_department", label=_("Department"))
    part = django_filters.MultipleChoiceFilter(choices=Part, method="with_part", label=_("Part"))

    class Meta:
        model = Duty
        fields = ["q", "area", "department", "part"]

    def of_department(self, queryset, name, value):
        """One condition with the part, so that both are of the same cell."""
        parts = self.form.cleaned_data.get("part")
        more = {"cells__part__in": parts} if parts else {}
        return queryset.filter(cells__department=value, **more).distinct()

    def with_part(self, queryset, name, value):
        if not value or self.form.cleaned_data.get("department"):
            return queryset
        return queryset.filter(cells__part__in=value).distinct()


class AssignmentFilter(django_filters.FilterSet):
    class Meta:
        model = LineAssignment
        fields = ["defence"]
