from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models import Purpose
from marketing.querysets.messages import MessageQuerySet


class MessageChannel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("Text message")
    PUSH = "push", _("Push message")
    INAPP = "inapp", _("Inbox of the app")
    PAGE = "page", _("Page")
    PARTNER = "partner", _("Text for partners")


class Language(models.TextChoices):
    EN = "en", "English"
    HANS = "zh-hans", "简体中文"
    HANT = "zh-hant", "繁體中文"


class Message(models.Model):
    """Something that is said to customers by one channel, in up to three languages. E-mail is written in MJML or as plain
    paragraphs; everything else is plain text. What goes out is bound by the sign-off of a campaign."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    channel = models.CharField(_("channel"), max_length=7, choices=MessageChannel)
    purpose = models.CharField(_("consent to"), max_length=12, choices=Purpose, default=Purpose.MARKETING)
    line = models.ForeignKey(
        "products.BusinessLine", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("line")
    )
    product = models.ForeignKey(
        "products.Product", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner"))
    planned_on = models.DateField(_("planned for"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"))
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["name"]
        indexes = [models.Index(F("created_at").desc(), F("id").desc(), name="campaign_message_newest")]

    def __str__(self):
        return self.name

    @property
    def is_mail(self):
        return self.channel == MessageChannel.EMAIL


class MessageText(models.Model):
    """What a message says in one language."""

    message = models.ForeignKey(Message, models.CASCADE, related_name="texts", verbose_name=_("message"))
    language = models.CharField(_("language"), max_length=7, choices=Language)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    preheader = models.CharField(_("first line in the inbox"), max_length=200, blank=True)
    body = models.TextField(_("text"), max_length=100_000)

    class Meta:
        verbose_name = _("text of a message")
        verbose_name_plural = _("texts of messages")
        ordering = ["message", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["message", "language"], name="one_text_per_language",
                violation_error_message=_("The message has a text in this language already."),
            ),
            models.CheckConstraint(condition=~Q(body=""), name="message_text_says_something"),
        ]  # fmt: skip

    def __str__(self):
        return f"{self.message} ({self.language})"


class Link(models.Model):
    """Where a link of a message leads. What stands in the text is ours, `/l/<code>/…`, which leads there and nowhere
    else."""

    code = models.CharField(_("code"), max_length=16, unique=True)
    message = models.ForeignKey(Message, models.PROTECT, related_name="links", verbose_name=_("message"))
    url = models.CharField(_("leads to"), max_length=2_000)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        constraints = [
            models.UniqueConstraint(fields=["message", "url"], name="one_link_per_address"),
            models.CheckConstraint(condition=Q(url__startswith="https://"), name="link_is_https"),
        ]

    def __str__(self):
        return self.url


class Click(models.Model):
    """Somebody followed a link; who, only where that may be kept. Rows only ever come."""

    link = models.ForeignKey(Link, models.PROTECT, related_name="clicks", db_index=False)
    recipient = models.ForeignKey("marketing.Recipient", models.PROTECT, null=True, related_name="clicks")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("click")
        verbose_name_plural = _("clicks")
        indexes = [models.Index("link", F("at").desc(), F("id").desc(), name="click_of_link")]

    def __str__(self):
        return f"{self.link_id} {self.at}"
