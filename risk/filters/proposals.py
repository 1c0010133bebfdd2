import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from products.models import LineCode
from risk.models import ProposalSource, ProposalState, RiskClass, RiskProposal


class ProposalFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Title or proposal no."))
    state = django_filters.MultipleChoiceFilter(choices=ProposalState, label=_("State"))
    source = django_filters.MultipleChoiceFilter(choices=ProposalSource, label=_("Source"))
    risk_class = django_filters.MultipleChoiceFilter(choices=RiskClass, label=_("Class"))
    line = django_filters.MultipleChoiceFilter(choices=LineCode, label=_("Line"))

    class Meta:
        model = RiskProposal
        fields = ["q", "state", "source", "risk_class", "line"]

    def search(self, queryset, name, value):
        return queryset.filter(Q(title__icontains=value) | Q(reference__iexact=value.strip()))
