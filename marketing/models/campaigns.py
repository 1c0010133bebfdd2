from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from customers.models import Purpose
from marketing.querysets.campaigns import CampaignQuerySet


class CampaignKind(models.TextChoices):
    ONCE = "once", _("Once")
    RECURRING = "recurring", _("Again and again")
    TRIGGERED = "triggered", _("When a customer enters the segment")


class CampaignState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    REVIEW = "review", _("In review")
    APPROVED = "approved", _("Approved")
    SCHEDULED = "scheduled", _("Scheduled")
    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    FINISHED = "finished", _("Finished")
    CANCELLED = "cancelled", _("Cancelled")


class Every(models.TextChoices):
    DAY = "day", _("Every day")
    WEEK = "week", _("Every week")
    MONTH = "month", _("Every month")


class Tracking(models.TextChoices):
    """What is kept of openings and clicks."""

    PERSON = "person", _("Who opened and clicked, where they agreed to personalised offers")
    COUNTS = "counts", _("How many clicked, of nobody in particular")
    NONE = "none", _("Nothing")


class Conversion(models.TextChoices):
    """What a campaign is meant to bring about, as it can be read in the book."""

    DEPOSIT = "deposit", _("Money comes in")
    ACCOUNT = "account", _("An account or a product is opened")
    MOVEMENT = "movement", _("Any movement")
    REDEMPTION = "redemption", _("The offer is redeemed")
    CLICK = "click", _("A link is clicked")


class Campaign(models.Model):
    """What is said to whom, why and when. Nothing goes out before somebody else signed off exactly this (`SignOff`)."""

    reference = models.CharField(
        _("campaign no."),
        max_length=16,
        unique=True,
        editable=False,
        db_default=Func(function="marketing_next_campaign", output_field=models.CharField()),
    )
    name = models.CharField(_("name"), max_length=120)
    objective = models.TextField(_("objective"), help_text=_("What should be different afterwards, and by how much."))
    kind = models.CharField(_("kind"), max_length=9, choices=CampaignKind, default=CampaignKind.ONCE)
    state = models.CharField(_("state"), max_length=9, choices=CampaignState, default=CampaignState.DRAFT)
    state_why = models.CharField(_("why it stands so"), max_length=300, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="campaigns", verbose_name=_("owner")
    )
    line = models.ForeignKey(
        "products.BusinessLine", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("line")
    )
    product = models.ForeignKey(
        "products.Product", models.PROTECT, null=True, blank=True, related_name="campaigns", verbose_name=_("product"),
        help_text=_("Only customers for whom it is suitable are written to."),
    )  # fmt: skip
    offer = models.ForeignKey(
        "marketing.Offer", models.PROTECT, null=True, blank=True, related_name="campaigns", verbose_name=_("offer")
    )
    segment = models.ForeignKey(
        "marketing.Segment", models.PROTECT, related_name="campaigns", verbose_name=_("segment")
    )
    suppress = models.ManyToManyField(
        "marketing.Segment", related_name="+", blank=True, verbose_name=_("left out beside the suppression lists")
    )
    provider = models.ForeignKey("marketing.Provider", models.PROTECT, related_name="+", verbose_name=_("provider"))
    purpose = models.CharField(_("consent to"), max_length=12, choices=Purpose, default=Purpose.MARKETING)
    priority = models.PositiveSmallIntegerField(
        _("priority"), default=5, help_text=_("1 goes before 9 where a customer may be written to only once more.")
    )
    starts_at = models.DateTimeField(_("starts at"))
    send_by = models.DateTimeField(
        _("send by"), null=True, blank=True, help_text=_("What has not gone out by then never does.")
    )
    every = models.CharField(_("again"), max_length=5, choices=Every, blank=True)
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True)
    again_after_days = models.PositiveSmallIntegerField(
        _("once more to the same customer after, days"), null=True, blank=True
    )
    salt = models.CharField(max_length=40, editable=False)
    holdout = models.PositiveSmallIntegerField(
        _("held out, of 10,000"),
        default=1000,
        help_text=_("Like the others, but not written to: what comes by itself."),
    )
    conversion = models.CharField(
        _("counts as converted"), max_length=10, choices=Conversion, default=Conversion.DEPOSIT
    )
    conversion_days = models.PositiveSmallIntegerField(_("within days"), default=14)
    tracking = models.CharField(_("tracking"), max_length=6, choices=Tracking, default=Tracking.PERSON)
    budget = models.DecimalField(_("budget"), max_digits=16, decimal_places=2, default=0)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    fixed_cost = models.DecimalField(_("costs beside messages and offers"), max_digits=16, decimal_places=2, default=0)
    lessons = models.TextField(_("what we learned"), blank=True)
    sign_off = models.ForeignKey(
        "marketing.SignOff", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sign-off")
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("created at"))
    begun_at = models.DateTimeField(_("begun at"), null=True, blank=True)
    resumed_at = models.DateTimeField(_("resumed at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        permissions = [
            ("sign_campaign", _("Can sign off campaigns of others")),
            ("run_campaign", _("Can start, pause and cancel campaigns")),
            ("export_campaign", _("Can export what was signed off and what went out")),
        ]
        indexes = [
            models.Index(F("created_at").desc(), F("id").desc(), name="campaign_newest"),
            models.Index(
                "starts_at", condition=Q(state__in=["scheduled", "running", "paused"]), name="campaign_under_way"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(send_by__isnull=True) | Q(send_by__gt=F("starts_at")),
                name="campaign_sends_after_it_starts",
                violation_error_message=_("The last moment for sending lies before the start."),
            ),
            models.CheckConstraint(
                condition=Q(kind="recurring") & ~Q(every="") | ~Q(kind="recurring") & Q(every=""),
                name="recurring_campaign_says_how_often",
                violation_error_message=_("Say how often, for a campaign that goes out again and again only."),
            ),
            models.CheckConstraint(
                condition=Q(holdout__lte=5000, priority__gte=1, priority__lte=9, conversion_days__gte=1),
                name="campaign_measures_fit",
                violation_error_message=_(
                    "At most half is held out, a priority is 1 to 9, a conversion counts for a day or more."
                ),
            ),
            models.CheckConstraint(
                condition=Q(budget__gte=0, fixed_cost__gte=0, currency__regex=r"^[A-Z]{3}$"),
                name="campaign_money_is_not_negative",
                violation_error_message=_("Amounts are zero or more, in a currency of three capital letters."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "scheduled", "running", "finished"]) | Q(sign_off__isnull=False),
                name="campaign_runs_signed_off",
                violation_error_message=_("Nothing goes out before it is signed off."),
            ),
        ]

    def __str__(self):
        return f"{self.reference} {self.name}"

    @property
    def is_editable(self):
        return self.state in (CampaignState.DRAFT, CampaignState.REVIEW, CampaignState.APPROVED, CampaignState.PAUSED)

    @property
    def is_over(self):
        return self.state in (CampaignState.FINISHED, CampaignState.CANCELLED)


class CampaignVariant(models.Model):
    """One of the messages that are compared, and its share of those written to."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="variants", verbose_name=_("campaign"))
    code = models.CharField(_("variant"), max_length=2)
    message = models.ForeignKey("marketing.Message", models.PROTECT, related_name="variants", verbose_name=_("message"))
    share = models.PositiveSmallIntegerField(_("share, of 10,000"))

    class Meta:
        verbose_name = _("variant")
        verbose_name_plural = _("variants")
        ordering = ["campaign", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "code"], name="one_variant_per_code",
                violation_error_message=_("There is a variant of this letter already."),
            ),
            models.CheckConstraint(
                condition=Q(share__lte=10000, code__regex=r"^[A-Z]$"), name="variant_has_a_letter_and_a_share",
                violation_error_message=_("A variant is a letter, its share at most 10,000."),
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.code


class CampaignTask(models.Model):
    """Something that somebody of the team does for a campaign by a day."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="tasks", verbose_name=_("campaign"))
    title = models.CharField(_("task"), max_length=160)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner"))
    due_on = models.DateField(_("due"), null=True, blank=True)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("done by")
    )

    class Meta:
        verbose_name = _("task of a campaign")
        verbose_name_plural = _("tasks of campaigns")
        ordering = ["done_at", "due_on", "id"]

    def __str__(self):
        return self.title
