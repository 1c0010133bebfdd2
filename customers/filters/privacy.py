import django_filters
from django.utils.translation import gettext_lazy as _

from customers.models import (
    Consent,
    ConsentChannel,
    PrivacyRequest,
    Purpose,
    RequestKind,
    RequestState,
    Reveal,
    RevealField,
    RevealReason,
)
from pages.filterbar import Choices
from staff.checkers import holders_of


def _holders(permission):
    return holders_of(permission).order_by("full_name", "pk")


class RevealFilter(django_filters.FilterSet):
    by = django_filters.ModelChoiceFilter(
        queryset=lambda request: _holders("customers.reveal_field"), label=_("Person")
    )
    field = Choices(choices=RevealField.choices, label=_("Field"))
    reason_kind = Choices(choices=RevealReason.choices, label=_("Reason"))
    at = django_filters.DateFromToRangeFilter(label=_("At"))
    customer = django_filters.CharFilter(field_name="customer__reference", label=_("Customer no."))

    class Meta:
        model = Reveal
        fields: list[str] = []


class ConsentFilter(django_filters.FilterSet):
    purpose = Choices(choices=Purpose.choices, label=_("Purpose"))
    channel = Choices(choices=ConsentChannel.choices, label=_("Channel"))
    given = django_filters.BooleanFilter(label=_("Given"))
    at = django_filters.DateFromToRangeFilter(label=_("When"))
    customer = django_filters.CharFilter(field_name="customer__reference", label=_("Customer no."))

    class Meta:
        model = Consent
        fields: list[str] = []


class PrivacyRequestFilter(django_filters.FilterSet):
    state = Choices(choices=RequestState.choices, label=_("State"))
    kind = Choices(choices=RequestKind.choices, label=_("Kind"))
    owner = django_filters.ModelChoiceFilter(
        queryset=lambda request: _holders("customers.handle_privacyrequest"), label=_("Owner")
    )
    due = django_filters.DateFromToRangeFilter(field_name="due_on", label=_("Due"))
    customer = django_filters.CharFilter(field_name="customer__reference", label=_("Customer no."))

    class Meta:
        model = PrivacyRequest
        fields: list[str] = []
