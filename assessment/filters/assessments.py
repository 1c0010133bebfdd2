import django_filters
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessment.models import Assessment, AssessmentState, Novelty


class AssessmentFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    state = django_filters.MultipleChoiceFilter(choices=AssessmentState, label=_("State"))
    novelty = django_filters.MultipleChoiceFilter(choices=Novelty, label=_("Novelty"))
    waiting = django_filters.BooleanFilter(method="that_wait", label=_("Waits for my approval"))
    due = django_filters.BooleanFilter(method="that_are_due", label=_("Period is over"))

    class Meta:
        model = Assessment
        fields = ["q", "state", "novelty", "waiting", "due"]

    def search(self, queryset, name, value):
        text = value.strip()
        numbers = Q(reference__iexact=text) | Q(risk__reference__iexact=text)
        return queryset.filter(numbers | Q(risk__title__icontains=text))

    def that_wait(self, queryset, name, value):
        mine = Assessment.objects.waiting_for(self.request.user).values("pk")
        return queryset.filter(pk__in=mine) if value else queryset.exclude(pk__in=mine)

    def that_are_due(self, queryset, name, value):
        due = Assessment.objects.due(timezone.localdate()).values("pk")
        return queryset.filter(pk__in=due) if value else queryset.exclude(pk__in=due)
