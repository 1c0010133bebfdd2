import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pages.filterbar import Choices
from products.models import Jurisdiction, LineCode, Product, ProductStatus, RiskRating


class ProductFilter(django_filters.FilterSet):
    """One for the catalogue page and the API."""

    q = django_filters.CharFilter(method="search", label=_("Name, code or target group"))
    line = Choices(choices=LineCode, label=_("Line"))
    status = Choices(choices=ProductStatus, label=_("Status"))
    risk_rating = Choices(field_name="version__risk_rating", choices=RiskRating, label=_("Risk rating"))
    jurisdiction = Choices(choices=Jurisdiction, label=_("Jurisdiction"))

    class Meta:
        model = Product
        fields = ["q", "line", "status", "risk_rating", "jurisdiction"]

    def search(self, queryset, name, value):
        return queryset.filter(
            Q(name__icontains=value) | Q(code__icontains=value) | Q(version__target_group__icontains=value)
        )
