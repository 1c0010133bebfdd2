"""The demo company's knowledge base: what customers of internet finance ask most, in three languages."""

from datetime import date, timedelta

import numpy as np

from operations.demo.articles import ARTICLES, MISSES
from operations.demo.movements import at_time
from service.models import Article, ArticleMiss, ArticleState, ArticleText, ArticleVersion, ArticleVote
from staff.models import User

LANGUAGES = ("en", "zh-hans", "zh-hant")
MISS_TIMES = (14, 9, 6, 3)


def make_articles(people: dict[str, User], *, last: date, random: np.random.Generator) -> None:
    """Published articles with votes, one that is overdue, one that helps few, one that waits for a review."""
    for number, (code, audience, line, kind, tags, texts) in enumerate(ARTICLES):
        begun = last - timedelta(days=150 - number * 7)
        article = Article.objects.create(
            code=code, audience=audience, line=line, kind=kind, tags=tags, owner=people["lead"],
            created_at=at_time(begun, number), review_months=6,
        )  # fmt: skip
        waits = number == len(ARTICLES) - 1
        version = ArticleVersion.objects.create(
            article=article, number=1, author=people["service2" if number % 2 else "service"], created_at=at_time(begun, 1),
            submitted_at=at_time(begun, 2), state=ArticleState.REVIEW if waits else ArticleState.PUBLISHED,
            **({} if waits else {"reviewer": people["lead"], "reviewed_at": at_time(begun, 3), "published_at": at_time(begun, 4)}),
        )  # fmt: skip
        ArticleText.objects.bulk_create(
            ArticleText(version=version, language=language, title=title, body=body)
            for language, (title, body) in zip(LANGUAGES, texts, strict=True)
        )
        if not waits:
            late = number == 1
            article.version, article.review_on = version, last + timedelta(days=-12 if late else 20 + number * 15)
            article.save(update_fields=["version", "review_on"])
            _votes(article, share=0.3 if number == 2 else 0.85, last=last, random=random)
    ArticleMiss.objects.bulk_create(
        ArticleMiss(text=text, audience=audience, times=times, last_at=at_time(last - timedelta(days=times), 1))
        for (text, audience), times in zip(MISSES, MISS_TIMES, strict=True)
    )


def _votes(article: Article, *, share: float, last: date, random: np.random.Generator) -> None:
    count = int(random.integers(6, 40))
    ArticleVote.objects.bulk_create(
        ArticleVote(
            article=article, helped=bool(random.random() < share), visitor=f"{article.pk:032d}{number:032d}",
            at=at_time(last - timedelta(days=number % 60), number),
        )
        for number in range(count)
    )  # fmt: skip
