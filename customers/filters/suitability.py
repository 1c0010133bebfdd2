import django_filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import InvestorClass, Review, SuitabilityResult
from pages.filterbar import Choices


class SuitabilityFilter(django_filters.FilterSet):
    """One for the page and the API."""

    investor_class = Choices(choices=InvestorClass.choices, label=_("Class"))
    standing = django_filters.BooleanFilter(method="only_standing", label=_("The one that counts"))
    valid_until = django_filters.DateFromToRangeFilter(label=_("Valid until"))
    decided = django_filters.DateFromToRangeFilter(field_name="decided_at", label=_("When"))
    review = Choices(choices=[pair for pair in Review.choices if pair[0]], label=_("Review"))
    customer = django_filters.CharFilter(field_name="customer__reference", label=_("Customer no."))

    class Meta:
        model = SuitabilityResult
        fields: list[str] = []

    def only_standing(self, queryset, name, value):
        standing = SuitabilityResult.objects.standing(timezone.now()).values("pk")
        return queryset.filter(pk__in=standing) if value else queryset.exclude(pk__in=standing)
