import django_filters
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from products.models import LineCode
from risk.models import (
    AppetiteBreach,
    BaselType,
    Cause,
    Consequence,
    RatingKind,
    Risk,
    RiskClass,
    RiskLevel,
    RiskMatrix,
    RiskStatus,
    RiskSubclass,
    TierRule,
)
from risk.querysets.people import risk_people
from risk.services.matrices import LARGEST
from risk.services.moves import ratings_on

SCALE = [(str(place), str(place)) for place in range(1, LARGEST + 1)]
TIERS = [("1", "1"), ("2", "2"), ("3", "3")]


class RiskFilter(django_filters.FilterSet):
    """One for the register, the heat map's links and the API. `rating` says which rating level and place are of."""

    q = django_filters.CharFilter(method="search", label=_("Title or risk no."))
    risk_class = django_filters.MultipleChoiceFilter(choices=RiskClass, distinct=False, label=_("Class"))
    line = django_filters.MultipleChoiceFilter(choices=LineCode, distinct=False, label=_("Line"))
    status = django_filters.MultipleChoiceFilter(choices=RiskStatus, distinct=False, label=_("Status"))
    owner = django_filters.ModelChoiceFilter(queryset=risk_people, label=_("Owner"))
    overdue = django_filters.BooleanFilter(method="with_review_overdue", label=_("Review overdue"))
    waiting = django_filters.BooleanFilter(method="that_wait", label=_("To be assessed anew"))
    rating = django_filters.ChoiceFilter(
        choices=RatingKind.choices, method="unchanged", label=_("Rating"), empty_label=None
    )
    level = django_filters.MultipleChoiceFilter(
        choices=RiskLevel.choices, method="of_rating", distinct=False, label=_("Level")
    )
    likelihood = django_filters.ChoiceFilter(choices=SCALE, method="of_rating", label=_("Likelihood"))
    impact = django_filters.ChoiceFilter(choices=SCALE, method="of_rating", label=_("Impact"))
    outdated = django_filters.BooleanFilter(method="under_another_matrix", label=_("Rated under another matrix"))

    subclass = django_filters.ModelMultipleChoiceFilter(queryset=RiskSubclass.objects.all(), label=_("Sub-class"))
    basel = django_filters.ModelChoiceFilter(
        queryset=BaselType.objects.filter(parent=None), field_name="subclass__basel_type", label=_("Basel event type")
    )
    cause = django_filters.ModelChoiceFilter(
        queryset=Cause.objects.all(), field_name="cause_kinds", label=_("Kind of cause")
    )
    tier = django_filters.ChoiceFilter(choices=TIERS, method="in_tier", label=_("Tier"))
    consequence = django_filters.ModelChoiceFilter(
        queryset=Consequence.objects.all(), field_name="consequence_kinds", label=_("Kind of consequence")
    )
    stood_on = django_filters.DateFilter(method="that_stood", label=_("Stood there on"))
    outside = django_filters.BooleanFilter(method="outside_appetite", label=_("Outside appetite"))

    class Meta:
        model = Risk
        fields = [
            "q",
            "risk_class",
            "line",
            "status",
            "owner",
            "overdue",
            "waiting",
            "rating",
            "level",
            "likelihood",
            "impact",
            "outdated",
            "subclass",
            "basel",
            "cause",
            "consequence",
            "stood_on",
            "tier",
            "outside",
        ]

    @property
    def kind(self):
        """Which rating is asked about: the residual one unless the address says another."""
        asked = self.data.get("rating")
        return asked if asked in RatingKind.values else RatingKind.RESIDUAL.value

    def search(self, queryset, name, value):
        return queryset.filter(Q(title__icontains=value) | Q(reference__iexact=value.strip()))

    def unchanged(self, queryset, name, value):
        return queryset

    def with_review_overdue(self, queryset, name, value):
        overdue = queryset.overdue(timezone.localdate())
        return overdue if value else queryset.exclude(pk__in=overdue.values("pk"))

    def that_wait(self, queryset, name, value):
        waiting = queryset.waiting()
        return waiting if value else queryset.exclude(pk__in=waiting.values("pk"))

    def of_rating(self, queryset, name, value):
        if not value or self._stood_on:  # a place on a day of the past is asked for by `that_stood`
            return queryset
        lookup = "in" if isinstance(value, list) else "exact"
        return queryset.filter(**{f"{self.kind}__{name}__{lookup}": value})

    @property
    def _stood_on(self):
        return self.form.cleaned_data.get("stood_on") if self.is_bound and self.form.is_valid() else None

    def that_stood(self, queryset, name, value):
        """Risks that were open at the end of a day, at a place of the matrix of then."""
        if not value:
            return queryset
        ratings = ratings_on(queryset, self.kind, value).filter(
            matrix__in=RiskMatrix.objects.in_force(value).values("pk")
        )
        for place in ("likelihood", "impact"):
            if asked := self.form.cleaned_data.get(place):
                ratings = ratings.filter(**{place: asked})
        return queryset.filter(pk__in=ratings.values("risk"))

    def under_another_matrix(self, queryset, name, value):
        in_force = RiskMatrix.objects.in_force(timezone.localdate()).values("pk")
        rated = Q(**{f"{self.kind}__isnull": False})
        current = Q(**{f"{self.kind}__matrix__in": in_force})
        return queryset.filter(rated & ~current) if value else queryset.filter(current)

    def in_tier(self, queryset, name, value):
        levels = TierRule.objects.in_force(timezone.localdate()).filter(tier=value)
        return queryset.filter(residual__level__in=list(levels.values_list("level", flat=True)))

    def outside_appetite(self, queryset, name, value):
        above = Q(pk__in=AppetiteBreach.objects.open().values("risk"))
        return queryset.filter(above if value else ~above)
