"""Finding articles: by words that somebody types, or by what a ticket says; and what nobody found."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from audit.services import name_act
from customers.rules.masking import mask_in_text
from service.models import Article, ArticleMiss, ArticleText, ArticleUse, ArticleVote, Audience, Ticket
from service.rules.article_search import query_for, query_like
from staff.models import User

MOST_FOUND, MOST_SUGGESTED = 30, 5
SHORTEST_MISS = 2
MOST_MISSES = 5_000  # that visitors can leave behind


@dataclass(frozen=True)
class Found:
    """An article in the language that fits its reader best."""

    article: Article
    language: str
    title: str
    body: str


def find_articles(text: str, *, language: str, audience: str, limit: int = MOST_FOUND) -> list[Found]:
    """Return published articles that hold every word, the best first."""
    query = query_for(text)
    return _best(query, language, audience, limit) if query else []


def suggest_articles(text: str, *, language: str, limit: int = MOST_SUGGESTED) -> list[Found]:
    """Return published articles that a ticket's words come closest to."""
    query = query_like(text)
    return _best(query, language, Audience.STAFF, limit) if query else []


def _best(query: str, language: str, audience: str, limit: int) -> list[Found]:
    """Each article once, in the language in which it was found best, unless it also speaks the reader's."""
    texts = ArticleText.objects.published().holding(query).ranked(query, language)
    if audience == Audience.PUBLIC:
        texts = texts.filter(version__article__audience=Audience.PUBLIC)
    found: dict[int, ArticleText] = {}
    for one in texts.select_related("version__article").defer("search")[: limit * 3]:
        kept = found.setdefault(one.version.article_id, one)
        if one.language == language and kept.language != language:
            found[one.version.article_id] = one
    best = [Found(one.version.article, one.language, one.title, one.body) for one in found.values()]
    return best[:limit]


def text_of(article: Article, language: str) -> ArticleText | None:
    """Return what an article says, published, in a language or the first of those that it speaks."""
    texts = list(article.version.texts.all()) if article.version else []
    wanted = {one.language: one for one in texts}
    return wanted.get(language) or wanted.get(settings.LANGUAGE_CODE) or (texts[0] if texts else None)


@transaction.atomic
def note_miss(*, text: str, audience: str, at: datetime) -> None:
    """Count a search that found nothing. Numbers and addresses are masked; visitors cannot fill the table."""
    said = mask_in_text(" ".join(text.lower().split()))[:80].strip()
    if len(said) < SHORTEST_MISS or "\0" in said:
        return
    name_act("service.article.missed")
    known = ArticleMiss.objects.filter(text=said, audience=audience)
    if known.update(times=F("times") + 1, last_at=at):
        return
    if audience == Audience.PUBLIC and ArticleMiss.objects.filter(audience=audience).count() >= MOST_MISSES:
        return
    ArticleMiss.objects.get_or_create(text=said, audience=audience, defaults={"last_at": at})


@transaction.atomic
def vote(*, article: Article, helped: bool, at: datetime, by: User | None = None, visitor: str = "") -> ArticleVote:
    """Keep whether an article helped somebody; who says it again changes their mind."""
    name_act("service.article.voted")
    who: dict[str, Any] = {"by": by} if by else {"by": None, "visitor": hashlib.sha256(visitor.encode()).hexdigest()}
    said, _is_new = ArticleVote.objects.update_or_create(article=article, **who, defaults={"helped": helped, "at": at})
    return said


@transaction.atomic
def use_article(*, actor: User, article: Article, ticket: Ticket, at: datetime) -> ArticleUse:
    """Note that an article answered a ticket, once."""
    name_act("service.article.used")
    return ArticleUse.objects.get_or_create(article=article, ticket=ticket, defaults={"by": actor, "at": at})[0]
