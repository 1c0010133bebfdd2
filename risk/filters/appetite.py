import django_filters
from django.utils.translation import gettext_lazy as _

from products.models import LineCode
from risk.models import AppetiteBreach, AppetiteStatement, RiskClass


class AppetiteFilter(django_filters.FilterSet):
    risk_class = django_filters.MultipleChoiceFilter(choices=RiskClass, label=_("Class"))
    line = django_filters.MultipleChoiceFilter(choices=LineCode, label=_("Line"))

    class Meta:
        model = AppetiteStatement
        fields = ["risk_class", "line"]


class BreachFilter(django_filters.FilterSet):
    risk_class = django_filters.MultipleChoiceFilter(field_name="risk__risk_class", choices=RiskClass, label=_("Class"))
    line = django_filters.MultipleChoiceFilter(field_name="risk__line", choices=LineCode, label=_("Line"))

    class Meta:
        model = AppetiteBreach
        fields = ["risk_class", "line"]
