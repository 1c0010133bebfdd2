import django_filters
from django.utils.translation import gettext_lazy as _

from risk.models import Alert, Band, Indicator, RiskClass
from risk.querysets.people import alert_people


def _visible_indicators(request):
    return Indicator.objects.visible_to(request.user).order_by("name") if request else Indicator.objects.none()


class AlertFilter(django_filters.FilterSet):
    band = django_filters.MultipleChoiceFilter(
        choices=[choice for choice in Band.choices if choice[0] != Band.GREEN], label=_("Band")
    )
    open = django_filters.BooleanFilter(field_name="closed_at", lookup_expr="isnull", label=_("Open"))
    green = django_filters.BooleanFilter(
        field_name="green_since", lookup_expr="isnull", exclude=True, label=_("Back in green")
    )
    risk_class = django_filters.MultipleChoiceFilter(
        field_name="indicator__risk_class", choices=RiskClass, label=_("Class")
    )
    indicator = django_filters.ModelChoiceFilter(queryset=_visible_indicators, label=_("Indicator"))
    owner = django_filters.ModelChoiceFilter(queryset=lambda request: alert_people(), label=_("Owner"))
    unowned = django_filters.BooleanFilter(field_name="owner", lookup_expr="isnull", label=_("Without an owner"))

    class Meta:
        model = Alert
        fields = ["band", "open", "green", "risk_class", "indicator", "owner", "unowned"]
