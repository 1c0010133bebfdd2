import django_filters
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, CustomerKind, CustomerRisk, CustomerStatus, CustomerTag, Lifecycle, Tag
from pages.filterbar import Choices
from products.models import LineCode


class CustomerFilter(django_filters.FilterSet):
    """One for the list, the export and the API."""

    q = django_filters.CharFilter(method="search", label=_("Name, number, phone or identity number"), max_length=200)
    line = Choices(choices=LineCode.choices, method="in_lines", label=_("Line"))
    kind = Choices(choices=CustomerKind, label=_("Kind"))
    risk = Choices(field_name="risk_level", choices=CustomerRisk, label=_("Risk"))
    status = Choices(choices=CustomerStatus, label=_("Status"))
    region = Choices(choices=[], label=_("Region"))
    tag = Choices(choices=[], method="bearing", label=_("Tag"))
    lifecycle = Choices(field_name="portrait__lifecycle", choices=Lifecycle, label=_("Lifecycle"))
    last_movement = django_filters.DateFromToRangeFilter(field_name="portrait__last_on", label=_("Last movement"))
    overdue = django_filters.RangeFilter(field_name="portrait__overdue_days", label=_("Days past due"))
    joined = django_filters.DateFromToRangeFilter(field_name="joined_on", label=_("Customer since"))

    class Meta:
        model = Customer
        fields = [
            "q",
            "line",
            "kind",
            "risk",
            "status",
            "region",
            "tag",
            "lifecycle",
            "last_movement",
            "overdue",
            "joined",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Those in the data: each company has its own.
        self.filters["region"].extra["choices"] = [(region, region) for region in Customer.objects.regions()]

        self.filters["tag"].extra["choices"] = [(tag.code, tag.label) for tag in self._tags()]

    def _tags(self):
        """Those that the reader may know of: others are no filter either."""
        user = getattr(self.request, "user", None)
        return Tag.objects.visible_to(user).filter(is_active=True) if user else []

    def bearing(self, queryset, name, value: list[str]):
        if not value:
            return queryset
        said = CustomerTag.objects.standing().visible_to(self.request.user).filter(tag__code__in=value)
        return queryset.filter(pk__in=said.values("customer_id"))

    def search(self, queryset, name, value):
        return queryset.matching(value)

    def in_lines(self, queryset, name, value):
        return queryset.in_lines(value) if value else queryset
