"""An article's way from draft to page, and through its reviews."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.services import name_act
from pages.formats import day
from service.models import Article, ArticleState, ArticleText, ArticleVersion
from service.rules.charsets import without_unseen
from service.rules.markup import LONGEST
from staff.models import NotificationKind, User
from staff.services.notifications import notify

Texts = Mapping[str, tuple[str, str]]  # by language: title, body
AHEAD = timedelta(days=14)
IN_WORK = (ArticleState.DRAFT, ArticleState.REVIEW, ArticleState.REVIEWED)


@transaction.atomic
def write_article(*, actor: User, article: Article, texts: Texts, at: datetime) -> Article:
    """Keep a new article with its first draft, or a change of one: what was published stays until the new version is."""
    said = _checked(texts)
    if article.pk is None:
        name_act("service.article.written")
        article.created_at = at
        article.save()
    else:
        Article.objects.select_for_update().get(pk=article.pk)
        name_act("service.article.changed")
        article.save(update_fields=["audience", "kind", "tags", "line", "owner", "review_months"])
    draft = _draft(actor, article, at)
    draft.texts.all().delete()
    for language, (title, body) in said.items():
        ArticleText.objects.create(version=draft, language=language, title=title, body=body)
    return article


def _checked(texts: Texts) -> dict[str, tuple[str, str]]:
    said = {
        language: (" ".join(without_unseen(title).split())[:160], without_unseen(body).strip())
        for language, (title, body) in texts.items()
    }
    for language, (title, body) in said.items():
        if bool(title) != bool(body):
            raise ValidationError(
                _("A language has a title and a text, or neither: %(language)s.") % {"language": language}
            )
        if len(body) > LONGEST:
            raise ValidationError(_("An article has at most %(most)d signs.") % {"most": LONGEST})
    kept = {language: one for language, one in said.items() if one[0]}
    if not kept:
        raise ValidationError(_("Write the article in one language at least."))
    return kept


def _draft(actor: User, article: Article, at: datetime) -> ArticleVersion:
    """Return the version that is written on; whoever changes a reviewed one makes it a draft again, and theirs."""
    draft = article.versions.select_for_update().filter(state__in=IN_WORK).first()
    if draft is None:
        number = article.versions.count() + 1
        return ArticleVersion.objects.create(article=article, number=number, author=actor, created_at=at)
    draft.state, draft.author, draft.reviewer = ArticleState.DRAFT, actor, None
    draft.submitted_at = draft.reviewed_at = None
    draft.save(update_fields=["state", "author", "reviewer", "submitted_at", "reviewed_at"])
    return draft


def _in(article_id: int, *states: str) -> ArticleVersion:
    Article.objects.select_for_update().get(pk=article_id)
    version = ArticleVersion.objects.select_for_update().filter(article=article_id, state__in=states).first()
    if version is None:
        raise ValidationError(_("No version of this article is in that state: somebody was quicker."))
    return version


@transaction.atomic
def submit_article(*, actor: User, article_id: int, at: datetime) -> ArticleVersion:
    """Hand a draft in for a review."""
    version = _in(article_id, ArticleState.DRAFT)
    name_act("service.article.submitted")
    version.state, version.submitted_at, version.remark = ArticleState.REVIEW, at, ""
    version.save(update_fields=["state", "submitted_at", "remark"])
    return version


@transaction.atomic
def review_article(*, actor: User, article_id: int, good: bool, remark: str = "", at: datetime) -> ArticleVersion:
    """Find a version good, or give it back with a remark; nobody reviews what they wrote."""
    version = _in(article_id, ArticleState.REVIEW)
    _may_review(actor, version)
    if not good and not remark.strip():
        raise ValidationError({"remark": _("Say what has to change.")})
    name_act("service.article.reviewed" if good else "service.article.returned")
    version.state = ArticleState.REVIEWED if good else ArticleState.DRAFT
    version.reviewer, version.reviewed_at, version.remark = actor, at, remark.strip()[:400]
    version.save(update_fields=["state", "reviewer", "reviewed_at", "remark"])
    return version


def _may_review(actor: User, version: ArticleVersion) -> None:
    if not actor.has_perm("service.review_article"):
        raise PermissionDenied(_("Reviewers are named by their role."))
    if version.author_id == actor.pk:
        raise PermissionDenied(_("Somebody else reviews what you wrote."))


@transaction.atomic
def publish_article(*, actor: User, article_id: int, at: datetime) -> Article:
    """Put a reviewed version in the place of the published one; the next review is so many months away."""
    version = _in(article_id, ArticleState.REVIEWED)
    if not actor.has_perm("service.review_article"):
        raise PermissionDenied(_("Reviewers are named by their role."))
    article = version.article
    name_act("service.article.published")
    article.versions.filter(state=ArticleState.PUBLISHED).update(state=ArticleState.REPLACED)
    version.state, version.published_at = ArticleState.PUBLISHED, at
    version.save(update_fields=["state", "published_at"])
    article.version, article.is_archived = version, False
    article.review_on = next_review(article, timezone.localdate(at))
    article.save(update_fields=["version", "review_on", "is_archived"])
    return article


def next_review(article: Article, today: date) -> date:
    return today + relativedelta(months=article.review_months)


@transaction.atomic
def confirm_article(*, actor: User, article_id: int, at: datetime) -> Article:
    """Note that an article was looked at again and still holds."""
    article = Article.objects.select_for_update().get(pk=article_id)
    if article.version_id is None:
        raise ValidationError(_("Only a published article is confirmed."))
    name_act("service.article.confirmed")
    article.review_on = next_review(article, timezone.localdate(at))
    article.save(update_fields=["review_on"])
    return article


@transaction.atomic
def archive_article(*, actor: User, article_id: int) -> Article:
    """Take an article out of use; it is found no more, and published again when a version of it is."""
    article = Article.objects.select_for_update().get(pk=article_id)
    name_act("service.article.archived")
    article.is_archived = True
    article.save(update_fields=["is_archived"])
    return article


def remind_of_articles(*, today: date, at: datetime) -> int:
    """Tell owners of the reviews of the next two weeks and of those that are late, once for each date; return how many."""
    due = Article.objects.due_by(today + AHEAD).filter(owner__is_active=True).select_related("owner").order_by("pk")
    return sum(_remind(article, at) for article in due)


def _remind(article: Article, at: datetime) -> int:
    return notify(
        users=[article.owner],
        kind=NotificationKind.REVIEW,
        key=f"article:{article.pk}:{article.review_on}",
        title=lambda: _("Review of the article %(code)s is due on %(day)s") % {"code": article.code, "day": day(article.review_on)},
        url=reverse("service:article_detail", args=[article.code]),
        at=at,
    )  # fmt: skip


def languages_missing(version: ArticleVersion, languages: Sequence[str]) -> list[str]:
    """Return the languages that a version does not speak."""
    said = set(version.texts.values_list("language", flat=True))
    return [language for language in languages if language not in said]
