import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from products.models import LineCode
from risk.models import Risk, RiskClass

SELECT = forms.Select(attrs={"class": "form-select"})


class HeatMapFilter(django_filters.FilterSet):
    risk_class = django_filters.ChoiceFilter(
        choices=RiskClass, label=_("Class"), empty_label=_("All classes"), widget=SELECT
    )
    line = django_filters.ChoiceFilter(choices=LineCode, label=_("Line"), empty_label=_("All lines"), widget=SELECT)

    class Meta:
        model = Risk
        fields = ["risk_class", "line"]
