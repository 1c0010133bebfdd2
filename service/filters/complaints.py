import django_filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pages.filterbar import Choices
from products.models import LineCode
from service.forms.complaints import people_with
from service.models import Complaint, ComplaintKind, ComplaintOutcome, ComplaintState, PastComplaint, RootCause


class ComplaintFilter(django_filters.FilterSet):
    """One for the list and its export."""

    q = django_filters.CharFilter(method="numbered", label=_("Complaint no. or customer no."), max_length=40)
    state = Choices(choices=ComplaintState.choices, label=_("State"))
    overdue = django_filters.BooleanFilter(method="late", label=_("Overdue"))
    kind = Choices(choices=ComplaintKind.choices, label=_("About"))
    cause = Choices(choices=RootCause.choices, label=_("Root cause"))
    outcome = Choices(choices=ComplaintOutcome.choices, label=_("Outcome"))
    line = Choices(field_name="ticket__line", choices=LineCode.choices, label=_("Line"))
    handler = django_filters.ModelChoiceFilter(
        field_name="ticket__assignee",
        queryset=lambda request: people_with("service.handle_complaint"),
        label=_("Handler"),
    )
    due = django_filters.DateFromToRangeFilter(field_name="due_on", label=_("Due"))
    received = django_filters.DateFromToRangeFilter(field_name="received_on", label=_("Received on"))

    class Meta:
        model = Complaint
        fields: list[str] = []

    def numbered(self, queryset, name, value):
        text = value.strip().upper()
        field = "ticket__customer__reference" if text.startswith("C-") else "ticket__reference"
        return queryset.filter(**{f"{field}__startswith": text}) if text else queryset

    def late(self, queryset, name, value):
        late = queryset.filter(due_on__lt=timezone.localdate())
        return late if value else queryset.exclude(pk__in=late.values("pk"))


class PastComplaintFilter(django_filters.FilterSet):
    company = django_filters.CharFilter(lookup_expr="icontains", label=_("Company"), max_length=80)
    issue = django_filters.CharFilter(lookup_expr="icontains", label=_("Issue"), max_length=80)
    received = django_filters.DateFromToRangeFilter(field_name="received_on", label=_("Received on"))

    class Meta:
        model = PastComplaint
        fields: list[str] = []
