from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from service.models.tickets import TicketKind
from service.querysets.articles import ArticleQuerySet, ArticleTextQuerySet


class Audience(models.TextChoices):
    STAFF = "staff", _("Staff")
    PUBLIC = "public", _("Everybody")


class ArticleState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    REVIEW = "review", _("Waits for a review")
    REVIEWED = "reviewed", _("Reviewed")
    PUBLISHED = "published", pgettext_lazy("state", "Published")
    REPLACED = "replaced", _("Replaced")


class ArticleLanguage(models.TextChoices):
    EN = "en", "English"
    HANS = "zh-hans", "简体中文"
    HANT = "zh-hant", "繁體中文"


class Article(models.Model):
    """An answer that is worth writing once. What it says stands in numbered versions; `version` is the published one."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    audience = models.CharField(_("audience"), max_length=6, choices=Audience, default=Audience.STAFF)
    kind = models.CharField(_("kind of ticket"), max_length=9, choices=TicketKind, blank=True)
    tags = ArrayField(models.CharField(max_length=40), verbose_name=_("tags"), default=list, blank=True)
    line = models.CharField(_("business line"), max_length=20, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="articles", verbose_name=_("owner")
    )
    version = models.ForeignKey(
        "service.ArticleVersion", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("published")
    )
    review_months = models.PositiveSmallIntegerField(_("reviewed every so many months"), default=6)
    review_on = models.DateField(_("next review"), null=True, blank=True)
    is_archived = models.BooleanField(_("archived"), default=False)
    created_at = models.DateTimeField(_("created at"))

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["code"]
        permissions = [
            ("review_article", _("Can review and publish articles")),
            ("view_article_gaps", _("Can see what articles are missing")),
        ]
        indexes = [
            GinIndex(fields=["tags"], name="article_tags"),
            models.Index("review_on", "id", condition=Q(is_archived=False), name="article_review"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(review_months__range=(1, 36)),
                name="article_reviewed_in_time",
                violation_error_message=_("An article is looked at again within 1 to 36 months."),
            )
        ]

    def __str__(self):
        return self.code


class ArticleVersion(models.Model):
    """What an article says, from draft to its replacement. Nobody reviews what they wrote themselves."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="versions", verbose_name=_("article"))
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=9, choices=ArticleState, default=ArticleState.DRAFT)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by"))
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reviewed by")
    )
    remark = models.CharField(_("remark of the reviewer"), max_length=400, blank=True)
    created_at = models.DateTimeField(_("created at"))
    submitted_at = models.DateTimeField(_("handed in"), null=True, blank=True)
    reviewed_at = models.DateTimeField(_("reviewed"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    class Meta:
        verbose_name = _("version of an article")
        verbose_name_plural = _("versions of articles")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="one_article_version_per_number"),
            models.UniqueConstraint(
                fields=["article"],
                condition=Q(state__in=["draft", "review", "reviewed"]),
                name="one_article_version_in_work",
                violation_error_message=_("A version of this article is in work already."),
            ),
            models.UniqueConstraint(
                fields=["article"], condition=Q(state="published"), name="one_published_article_version"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "review"]) | Q(reviewer__isnull=False),
                name="article_seen_by_a_reviewer",
            ),
            models.CheckConstraint(
                condition=Q(reviewer__isnull=True) | ~Q(reviewer=F("author")),
                name="article_reviewed_by_another",
                violation_error_message=_("Somebody else reviews what you wrote."),
            ),
        ]

    def __str__(self):
        return f"{self.article} v{self.number}"


class TextVector(Func):
    """Words for search: Latin words as they are, Chinese in pairs of signs; those of the title weigh more."""

    function = "service_text_vector"
    output_field = SearchVectorField()


class ArticleText(models.Model):
    """What a version says in one language: a title, and a body in Markdown."""

    version = models.ForeignKey(ArticleVersion, models.CASCADE, related_name="texts", verbose_name=_("version"))
    language = models.CharField(_("language"), max_length=10, choices=ArticleLanguage)
    title = models.CharField(_("title"), max_length=160)
    body = models.TextField(_("text"))
    search = models.GeneratedField(
        expression=TextVector(F("title"), F("body")), output_field=SearchVectorField(), db_persist=True, editable=False
    )

    objects = ArticleTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("text of an article")
        verbose_name_plural = _("texts of articles")
        ordering = ["language"]
        indexes = [GinIndex(fields=["search"], name="article_search")]
        constraints = [
            models.UniqueConstraint(fields=["version", "language"], name="one_article_text_per_language"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(body=""), name="article_text_says_something"),
        ]

    def __str__(self):
        return self.title


class ArticleVote(models.Model):
    """Whether an article helped, once for each colleague or visitor; a visitor is known by a hash alone."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="votes", verbose_name=_("article"))
    helped = models.BooleanField(_("helped"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    visitor = models.CharField(max_length=64, blank=True, editable=False)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("vote on an article")
        verbose_name_plural = _("votes on articles")
        constraints = [
            models.UniqueConstraint(fields=["article", "by"], name="one_article_vote_a_colleague"),
            models.UniqueConstraint(
                fields=["article", "visitor"], condition=~Q(visitor=""), name="one_article_vote_a_visitor"
            ),
            models.CheckConstraint(condition=Q(by__isnull=False) ^ ~Q(visitor=""), name="article_vote_is_somebodys"),
        ]

    def __str__(self):
        return f"{self.article_id} {self.helped}"


class ArticleUse(models.Model):
    """An article that answered a ticket."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="uses", verbose_name=_("article"))
    ticket = models.ForeignKey("service.Ticket", models.PROTECT, related_name="articles", verbose_name=_("ticket"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("use of an article")
        verbose_name_plural = _("uses of articles")
        constraints = [models.UniqueConstraint(fields=["article", "ticket"], name="an_article_once_in_a_ticket")]

    def __str__(self):
        return f"{self.article_id} {self.ticket_id}"


class ArticleMiss(models.Model):
    """What was looked for and not found, and how often; numbers and addresses in it are masked."""

    text = models.CharField(_("looked for"), max_length=80)
    audience = models.CharField(_("audience"), max_length=6, choices=Audience)
    times = models.PositiveIntegerField(_("times"), default=1)
    last_at = models.DateTimeField(_("last"))

    class Meta:
        verbose_name = _("search without a result")
        verbose_name_plural = _("searches without a result")
        constraints = [models.UniqueConstraint(fields=["text", "audience"], name="one_miss_per_text")]

    def __str__(self):
        return self.text
