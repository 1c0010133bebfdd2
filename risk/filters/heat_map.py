import django_filters
from django.utils.translation import gettext_lazy as _

from products.models import LineCode
from risk.models import Risk, RiskClass


class HeatMapFilter(django_filters.FilterSet):
    risk_class = django_filters.ChoiceFilter(choices=RiskClass, label=_("Class"), empty_label=_("All classes"))
    line = django_filters.ChoiceFilter(choices=LineCode, label=_("Line"), empty_label=_("All lines"))

    class Meta:
        model = Risk
        fields = ["risk_class", "line"]
