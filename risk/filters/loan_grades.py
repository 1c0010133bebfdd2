import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from products.models import LineCode
from risk.models import LoanClassCode, LoanGrade


class LoanGradeFilter(django_filters.FilterSet):
    """One for the loan book, the links of indicators, and the API."""

    q = django_filters.CharFilter(method="search", label=_("Loan or customer no."))
    loan_class = django_filters.MultipleChoiceFilter(choices=LoanClassCode, label=_("Class"))
    line = django_filters.MultipleChoiceFilter(field_name="loan__product__line", choices=LineCode, label=_("Line"))
    open = django_filters.BooleanFilter(field_name="is_open", label=_("Not repaid"))
    overdue_from = django_filters.NumberFilter(
        method="at_least_overdue", label=_("Days past due from"), min_value=0, max_value=100_000
    )

    class Meta:
        model = LoanGrade
        fields = ["q", "loan_class", "line", "open", "overdue_from"]

    def search(self, queryset, name, value):
        text = value.strip()
        return queryset.filter(Q(loan__number__iexact=text) | Q(loan__customer__reference__iexact=text))

    def at_least_overdue(self, queryset, name, value):
        return queryset.overdue(int(value))
