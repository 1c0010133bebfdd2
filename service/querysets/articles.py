from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import models
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from service.rules.article_search import query_for

if TYPE_CHECKING:
    from staff.models import User


class ArticleQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> ArticleQuerySet:
        """Articles are the company's: who may see articles sees each of the lines that they work in."""
        if not user.has_perm("service.view_article"):
            return self.none()
        return self.filter(line__in=["", *user.business_lines]) if user.business_lines else self

    def published(self) -> ArticleQuerySet:
        return self.filter(version__isnull=False, is_archived=False)

    def public(self) -> ArticleQuerySet:
        return self.published().filter(audience="public")

    def due_by(self, day: date) -> ArticleQuerySet:
        return self.published().filter(review_on__lte=day)

    def matching(self, text: str) -> ArticleQuerySet:
        """Articles one of whose current texts, published or in work, holds every word."""
        from service.models import ArticleText

        query = query_for(text)
        if not query:
            return self.none() if text.strip() else self
        found = ArticleText.objects.holding(query).exclude(version__state="replaced")
        return self.filter(pk__in=found.values("version__article_id"))

    def with_votes(self) -> ArticleQuerySet:
        return self.annotate(
            n_votes=Count("votes", distinct=True),
            n_helped=Count("votes", filter=Q(votes__helped=True), distinct=True),
        )

    def titled(self, language: str) -> ArticleQuerySet:
        """Add `title` in a language, else in the first that there is, of the newest version."""
        from service.models import ArticleText

        texts = ArticleText.objects.filter(version__article=OuterRef("pk")).order_by(
            "-version__number", _this_first(language), "language"
        )
        return self.annotate(title=Coalesce(Subquery(texts.values("title")[:1]), Value("")))

    def for_list(self, language: str) -> ArticleQuerySet:
        return self.select_related("owner", "version").titled(language).with_votes()


class ArticleTextQuerySet(models.QuerySet):
    def holding(self, query: str) -> ArticleTextQuerySet:
        return self.filter(search=SearchQuery(query, search_type="raw", config="simple"))

    def published(self) -> ArticleTextQuerySet:
        return self.filter(version__state="published", version__article__is_archived=False)

    def ranked(self, query: str, language: str) -> ArticleTextQuerySet:
        """The best first; of texts that are as good, those in the reader's language."""
        rank = SearchRank(F("search"), SearchQuery(query, search_type="raw", config="simple"))
        return self.annotate(rank=rank, foreign=_this_first(language)).order_by("-rank", "foreign", "pk")


def _this_first(language: str) -> Case:
    return Case(When(**{"language": language}, then=0), default=1, output_field=models.IntegerField())
