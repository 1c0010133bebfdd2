import django_filters
from django.utils.translation import gettext_lazy as _

from pages.filterbar import Choices
from products.models import LineCode
from service.models import Article, ArticleState, Audience, TicketKind


class ArticleFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Words of the article"))
    audience = Choices(choices=Audience.choices, label=_("Audience"))
    state = Choices(choices=ArticleState.choices, label=_("State"), method="in_state")
    kind = Choices(choices=TicketKind.choices, label=_("Kind of ticket"))
    line = Choices(choices=LineCode.choices, label=_("Business line"))
    is_archived = django_filters.BooleanFilter(label=_("Archived"))

    class Meta:
        model = Article
        fields: list[str] = []

    def search(self, queryset, name, value):
        return queryset.matching(value)

    def in_state(self, queryset, name, value):
        return (
            queryset.filter(pk__in=Article.objects.filter(versions__state__in=value).values("pk"))
            if value
            else queryset
        )
