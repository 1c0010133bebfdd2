import django_filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, KycTask, KycTaskKind
from pages.filterbar import Choices
from staff.models import User


def _owners(request):
    return (
        User.objects.active().filter(pk__in=Customer.objects.values("relationship_owner")).order_by("full_name", "pk")
    )


class KycTaskFilter(django_filters.FilterSet):
    kind = Choices(choices=KycTaskKind.choices, label=_("Kind"))
    overdue = django_filters.BooleanFilter(method="only_overdue", label=_("Overdue"))
    closed = django_filters.BooleanFilter(field_name="closed_at", lookup_expr="isnull", exclude=True, label=_("Done"))
    due = django_filters.DateFromToRangeFilter(field_name="due_on", label=_("Due"))
    owner = django_filters.ModelChoiceFilter(
        field_name="customer__relationship_owner", queryset=_owners, label=_("Relationship owner")
    )
    customer = django_filters.CharFilter(field_name="customer__reference", label=_("Customer no."))

    class Meta:
        model = KycTask
        fields: list[str] = []

    def only_overdue(self, queryset, name, value):
        today = timezone.localdate()
        return queryset.filter(due_on__lt=today) if value else queryset.filter(due_on__gte=today)
