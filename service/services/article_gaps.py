"""What the knowledge base lacks: searches without a result, tickets without an article, articles that do not help."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db.models import CharField, Count, Exists, F, Func, OuterRef, Q

from service.models import Article, ArticleMiss, ArticleUse, Ticket, TicketKind
from staff.models import User

SPAN = timedelta(days=90)
MOST_ROWS = 15
FEWEST_TICKETS, FEWEST_VOTES, LOW = 3, 5, 0.5


@dataclass(frozen=True)
class TicketGap:
    """Tickets of one tag or kind: how many, and how many of them an article answered."""

    word: str
    tickets: int
    answered: int


def misses(*, at: datetime) -> list[ArticleMiss]:
    return list(ArticleMiss.objects.filter(last_at__gt=at - SPAN).order_by("-times", "-last_at")[:MOST_ROWS])


def tags_without_articles(user: User, *, at: datetime) -> list[TicketGap]:
    """Return tags that tickets of the last 90 days carry and no article does, the commonest first."""
    covered = {tag for tags in Article.objects.published().values_list("tags", flat=True) for tag in tags}
    tag = Func(F("tags"), function="unnest", output_field=CharField(), set_returning=True)
    return [gap for gap in _counted(user, at, word=tag) if gap.word not in covered][:MOST_ROWS]


def kinds_and_articles(user: User, *, at: datetime) -> list[TicketGap]:
    """Return for each kind how many tickets of the last 90 days there are, and how many used an article."""
    labels = {kind.value: str(kind.label) for kind in TicketKind}
    return [replace(gap, word=labels.get(gap.word, gap.word)) for gap in _counted(user, at, word=F("kind"))]


def _counted(user: User, at: datetime, *, word: Any) -> list[TicketGap]:
    used = Exists(ArticleUse.objects.filter(ticket=OuterRef("pk")))
    rows = (
        Ticket.objects.visible_to(user)
        .filter(opened_at__gt=at - SPAN)
        .annotate(word=word, used=used)
        .values("word")
        .annotate(n=Count("pk"), answered=Count("pk", filter=Q(used=True)))
        .order_by("-n", "word")
    )
    return [TicketGap(row["word"], row["n"], row["answered"]) for row in rows if row["n"] >= FEWEST_TICKETS]


def unhelpful(user: User, language: str) -> list[Article]:
    """Return published articles that helped fewer than half of those who said so, the worst first."""
    judged = Article.objects.visible_to(user).published().for_list(language).filter(n_votes__gte=FEWEST_VOTES)
    return list(judged.filter(n_helped__lt=F("n_votes") * LOW).order_by("n_helped", "-n_votes")[:MOST_ROWS])


def overdue(user: User, language: str, *, at: datetime) -> list[Article]:
    """Return published articles whose review is late, the latest first."""
    due = Article.objects.visible_to(user).due_by(at.date() - timedelta(days=1))
    return list(due.for_list(language).order_by("review_on")[:MOST_ROWS])
