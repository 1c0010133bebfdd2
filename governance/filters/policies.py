import django_filters
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from governance.models import Attestation, Policy, PolicyKind
from governance.people import colleagues
from staff.models import Team


class PolicyFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Search"))
    kind = django_filters.MultipleChoiceFilter(choices=PolicyKind, label=_("Kind"))
    owner = django_filters.ModelChoiceFilter(queryset=colleagues, label=_("Owner"))
    to_review = django_filters.BooleanFilter(method="that_is_to_review", label=_("Review overdue"))

    class Meta:
        model = Policy
        fields = ["q", "kind", "owner", "to_review"]

    def search(self, queryset, name, value):
        return queryset.filter(Q(name__icontains=value) | Q(code__iexact=value.strip()))

    def that_is_to_review(self, queryset, name, value):
        overdue = Q(review_on__lt=timezone.localdate())
        return queryset.filter(overdue) if value else queryset.exclude(overdue)


STANDINGS = [
    ("waiting", _("Waiting")),
    ("overdue", _("Overdue")),
    ("confirmed", _("Confirmed")),
]


def _policies(request):
    return Policy.objects.visible_to(request.user).order_by("name") if request else Policy.objects.none()


def _people(request):
    """Who may have been asked: everybody for those who oversee it, oneself for the others."""
    if request and request.user.has_perm("governance.oversee_attestation"):
        return colleagues()
    return colleagues().filter(pk=request.user.pk) if request else colleagues().none()


class AttestationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="person__full_name", lookup_expr="icontains", label=_("Search"))
    policy = django_filters.ModelChoiceFilter(queryset=_policies, field_name="version__policy", label=_("Policy"))
    standing = django_filters.ChoiceFilter(choices=STANDINGS, method="that_stand", label=_("State"))
    team = django_filters.ModelChoiceFilter(
        queryset=lambda request: Team.objects.order_by("name"), field_name="person__teams", label=_("Team")
    )
    person = django_filters.ModelChoiceFilter(queryset=_people, label=_("Person"))

    class Meta:
        model = Attestation
        fields = ["q", "policy", "standing", "team", "person"]

    def that_stand(self, queryset, name, value):
        today = timezone.localdate()
        if value == "confirmed":
            return queryset.current(today).filter(confirmed_at__isnull=False)
        return queryset.overdue(today) if value == "overdue" else queryset.waiting(today)
