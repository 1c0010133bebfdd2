import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from pages.filterbar import Choices
from surveys.models import Channel, Questionnaire, Response
from surveys.purposes import purpose_choices


class OfPurposes(django_filters.FilterSet):
    """Purposes are registered once everything is loaded, so a filter asks for them when it is made."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["purpose"].extra["choices"] = purpose_choices()


class QuestionnaireFilter(OfPurposes):
    q = django_filters.CharFilter(method="search", label=_("Name or code"))
    purpose = Choices(choices=(), label=_("Purpose"))

    class Meta:
        model = Questionnaire
        fields: list[str] = []

    def search(self, queryset, name, value):
        return queryset.filter(Q(name__icontains=value) | Q(code__icontains=value))


class ResponseFilter(OfPurposes):
    purpose = Choices(choices=(), label=_("Purpose"))
    questionnaire = django_filters.CharFilter(field_name="version__questionnaire__code", label=_("Questionnaire"))
    channel = Choices(choices=Channel.choices, label=_("Channel"))
    band = django_filters.CharFilter(label=_("Band"))
    warned = django_filters.BooleanFilter(method="with_signs", label=_("With warnings"))
    submitted = django_filters.DateFromToRangeFilter(field_name="submitted_at", label=_("Submitted"))

    class Meta:
        model = Response
        fields: list[str] = []

    def with_signs(self, queryset, name, value):
        return queryset.exclude(signs=[]) if value else queryset.filter(signs=[])
