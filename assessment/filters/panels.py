import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessment.models import Panel, PanelItem, PanelState


class PanelFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    state = django_filters.MultipleChoiceFilter(choices=PanelState, label=_("State"))
    mine = django_filters.BooleanFilter(method="that_wait", label=_("Waits for my vote"))

    class Meta:
        model = Panel
        fields = ["q", "state", "mine"]

    def search(self, queryset, name, value):
        return queryset.filter(Q(title__icontains=value) | Q(reference__iexact=value.strip()))

    def that_wait(self, queryset, name, value):
        mine = Panel.objects.waiting_for(self.request.user).values("pk")
        return queryset.filter(pk__in=mine) if value else queryset.exclude(pk__in=mine)


class ForecastFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))

    class Meta:
        model = PanelItem
        fields = ["q"]

    def search(self, queryset, name, value):
        return queryset.filter(Q(question__icontains=value) | Q(risk__title__icontains=value))
