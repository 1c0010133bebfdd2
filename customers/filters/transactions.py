import django_filters
from django.utils.translation import gettext_lazy as _

from customers.models import Transaction, TransactionKind
from pages.filterbar import Choices
from products.models import LineCode


class TransactionFilter(django_filters.FilterSet):
    """One for a customer's transactions on the page and in the API."""

    kind = Choices(choices=TransactionKind, label=_("Kind"))
    line = Choices(choices=LineCode, label=_("Line"))
    booked = django_filters.DateFromToRangeFilter(field_name="booked_on", label=_("Business date"))
    amount = django_filters.RangeFilter(label=_("Amount"))
    account = django_filters.CharFilter(field_name="account__number", label=_("Account no."), max_length=40)

    class Meta:
        model = Transaction
        fields = ["kind", "line", "booked", "amount", "account"]
