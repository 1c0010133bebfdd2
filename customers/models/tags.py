from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from customers.querysets.tags import CustomerTagQuerySet, TagQuerySet


class Audience(models.TextChoices):
    """Who may know that a customer bears a tag. To others it does not exist: nothing hints at it."""

    EVERYONE = "everyone", _("Everybody who sees the customer")
    CARE = "care", _("Those who look after the customer")
    RISK = "risk", _("Risk, compliance and internal audit")


class TagTone(models.TextChoices):
    NEUTRAL = "neutral", _("Neutral")
    BLUE = "blue", _("Blue")
    GREEN = "green", _("Green")
    AMBER = "amber", _("Amber")
    RED = "red", _("Red")


class TagFigure(models.TextChoices):
    """What a rule looks at, as the latest night found it."""

    WEALTH = "wealth", _("Balance and products held")
    LOANS = "loans_outstanding", _("Loans outstanding")
    OVERDUE = "overdue_days", _("Days past due")
    MOVEMENTS = "n_30", _("Movements in 30 days")
    INFLOW = "inflow_30", _("In, 30 days")
    QUIET = "quiet_days", _("Days without a movement")
    TENURE = "tenure_days", _("Days as a customer")
    AGE = "age", _("Age in years")


class TagBound(models.TextChoices):
    AT_LEAST = "ge", _("at least")
    AT_MOST = "le", _("at most")


class TagSource(models.TextChoices):
    PERSON = "person", _("A person")
    RULE = "rule", _("A rule, at night")
    PROGRAM = "program", _("Another program")


class Tag(models.Model):
    """Something that can be said of customers, in three languages; with a figure and a bound, each night says it by
    itself."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_hans = models.CharField(_("name in simplified Chinese"), max_length=60, blank=True)
    name_hant = models.CharField(_("name in traditional Chinese"), max_length=60, blank=True)
    audience = models.CharField(_("who may know"), max_length=8, choices=Audience, default=Audience.EVERYONE)
    tone = models.CharField(_("tone"), max_length=7, choices=TagTone, default=TagTone.NEUTRAL)
    days = models.PositiveIntegerField(_("stands for days"), null=True, blank=True)
    figure = models.CharField(_("figure"), max_length=20, choices=TagFigure, blank=True)
    bound = models.CharField(_("bound"), max_length=2, choices=TagBound, blank=True)
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=2, null=True, blank=True)
    currency = models.CharField(
        _("currency"), max_length=3, blank=True, help_text=_("Of amounts: only customers whose figures are in it.")
    )
    confidence = models.DecimalField(
        _("confidence"),
        max_digits=3,
        decimal_places=2,
        default=Decimal(1),
        help_text=_("Of what the rule says, 0 to 1."),
    )
    needs_confirmation = models.BooleanField(_("needs confirmation"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = TagQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["code"]
        permissions = [
            ("view_care_tag", _("Can see tags of vulnerable customers")),
            ("view_risk_tag", _("Can see tags of risk")),
            ("add_care_tag", _("Can tag vulnerable customers")),
            ("add_risk_tag", _("Can tag customers with a risk")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(figure="", bound="", value__isnull=True)
                | (~Q(figure="") & ~Q(bound="") & Q(value__isnull=False)),
                name="tag_rule_is_whole",
                violation_error_message=_("A rule has a figure, a bound and a value, all three or none."),
            ),
            models.CheckConstraint(
                condition=Q(confidence__gte=0, confidence__lte=1),
                name="tag_confidence_is_a_share",
                violation_error_message=_("A confidence lies between 0 and 1."),
            ),
        ]

    def __str__(self):
        return self.label

    @property
    def label(self):
        """The name in the language of the reader, in English where it has none."""
        named = {"zh-hans": self.name_hans, "zh-hant": self.name_hant}
        return named.get(get_language() or "") or self.name


class CustomerTag(models.Model):
    """A tag that a customer bears, or bore until `ended_at`: who or what said so, when, on what grounds, how surely."""

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="tags", verbose_name=_("customer"), db_index=False
    )
    tag = models.ForeignKey(Tag, models.PROTECT, related_name="customers", verbose_name=_("tag"), db_index=False)
    source = models.CharField(_("source"), max_length=7, choices=TagSource)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    confidence = models.DecimalField(_("confidence"), max_digits=3, decimal_places=2)
    grounds = models.CharField(_("grounds"), max_length=300, blank=True)
    at = models.DateTimeField(_("since"))
    expires_on = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day."))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )

    objects = CustomerTagQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag of a customer")
        verbose_name_plural = _("tags of customers")
        indexes = [
            models.Index("customer", F("at").desc(), name="tag_of_customer"),
            models.Index("tag", "customer", condition=Q(ended_at=None), name="tag_standing"),
            models.Index("expires_on", condition=Q(ended_at=None, expires_on__isnull=False), name="tag_expires"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["customer", "tag"], condition=Q(ended_at=None), name="a_tag_stands_once"),
            models.CheckConstraint(
                condition=Q(confidence__gte=0, confidence__lte=1), name="said_confidence_is_a_share"
            ),
            models.CheckConstraint(condition=~Q(source="person") | Q(by__isnull=False), name="a_person_is_named"),
        ]

    def __str__(self):
        return f"{self.customer} {self.tag}"
