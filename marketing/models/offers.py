from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from marketing.querysets.offers import OfferQuerySet, OfferVersionQuerySet

ZONES = frozenset(available_timezones())


class OfferKind(models.TextChoices):
    THRESHOLD = "threshold", _("Spend and save")
    PERCENTAGE = "percentage", _("Percentage with a cap")
    FIXED = "fixed", _("Fixed amount")
    RATE_UPLIFT = "rate_uplift", _("Rate uplift")
    FEE_WAIVER = "fee_waiver", _("Fee waiver")
    GIFT = "gift", _("Gift")
    RED_PACKET = "red_packet", _("Red packet")


class StackWith(models.TextChoices):
    ALONE = "alone", _("Stands alone")
    OTHER_GROUPS = "other_groups", _("With offers of other groups")
    ALL = "all", _("With all others")


class StackBase(models.TextChoices):
    BEFORE = "before", _("The order's amount, before other discounts")
    AFTER = "after", _("What is left after earlier discounts")


def check_zone(name):
    if name not in ZONES:
        raise ValidationError(_("%(zone)s is no time zone: write one such as Asia/Shanghai.") % {"zone": name})


class Offer(models.Model):
    """What customers are offered. Its terms stand in numbered versions; `version` is the one in force.

    Version and budget are written by an approved request alone; what is spent stands in its slots, which triggers keep."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=11, choices=OfferKind)
    line = models.ForeignKey(
        "products.BusinessLine",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("business line"),
    )
    currency = models.CharField(_("currency"), max_length=3)
    budget = models.DecimalField(_("budget"), max_digits=20, decimal_places=2, default=0)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner"))
    version = models.ForeignKey(
        "marketing.OfferVersion", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("version")
    )
    created_at = models.DateTimeField(_("created at"))
    stopped_at = models.DateTimeField(_("stopped at"), null=True, blank=True)
    stopped_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ["code"]
        permissions = [
            ("check_offer", _("Can approve offers and their budgets")),
            ("stop_offer", _("Can stop an offer")),
            ("redeem_offer", _("Can redeem offers for customers")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"),
                name="offer_currency_is_iso",
                violation_error_message=_("Write the currency as three capital letters, such as CNY."),
            ),
            models.CheckConstraint(condition=Q(budget__gte=0), name="offer_budget_not_negative"),
        ]

    def __str__(self):
        return self.name

    @property
    def takes_off_the_price(self):
        return self.kind in {"threshold", "percentage", "fixed", "fee_waiver"}


class OfferVersion(models.Model):
    """Terms of an offer under a number. Once published they never change: a trigger refuses, whoever asks."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="versions", verbose_name=_("offer"))
    number = models.PositiveIntegerField(_("version"))
    terms = models.JSONField(_("terms"))
    valid_from = models.DateTimeField(_("valid from"))
    valid_until = models.DateTimeField(_("valid until"), help_text=_("The first moment at which it no longer counts."))
    time_zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai", validators=[check_zone])
    products = ArrayField(models.CharField(max_length=40), verbose_name=_("products"), default=list, blank=True)
    lines = ArrayField(models.CharField(max_length=20), verbose_name=_("business lines"), default=list, blank=True)
    new_customer_days = models.PositiveIntegerField(
        _("for customers of at most, days"),
        null=True,
        blank=True,
        help_text=_("Empty: however long they are customers."),
    )
    segment_code = models.SlugField(_("segment"), max_length=40, blank=True)
    per_customer_count = models.PositiveIntegerField(_("per customer, times"), null=True, blank=True)
    per_customer_amount = models.DecimalField(
        _("per customer, amount"), max_digits=20, decimal_places=2, null=True, blank=True
    )
    total_count = models.PositiveIntegerField(_("in all, times"), null=True, blank=True)
    coupon_days = models.PositiveIntegerField(_("a coupon lives, days"), null=True, blank=True)
    reserve_minutes = models.PositiveIntegerField(_("a reservation lives, minutes"), default=30)
    payout_hours = models.PositiveIntegerField(
        _("payout waits, hours"), default=0, help_text=_("So long is looked for abuse before anything is paid.")
    )
    stack_with = models.CharField(
        _("together with others"), max_length=12, choices=StackWith, default=StackWith.OTHER_GROUPS
    )
    stack_group = models.SlugField(_("group"), max_length=40, blank=True)
    stack_base = models.CharField(_("reads"), max_length=6, choices=StackBase, default=StackBase.AFTER)
    stack_place = models.PositiveSmallIntegerField(_("place in the order"), default=100)
    stack_most = models.DecimalField(
        _("all discounts together, at most"), max_digits=5, decimal_places=4, default=1,
        help_text=_("As a share of the order: 0.3 is 30%."),
    )  # fmt: skip
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by")
    )
    written_at = models.DateTimeField(_("written at"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    objects = OfferVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of an offer")
        ordering = ["offer", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["offer", "number"], name="one_offer_version_per_number"),
            models.UniqueConstraint(
                fields=["offer"],
                condition=Q(published_at__isnull=True),
                name="one_draft_per_offer",
                violation_error_message=_("This offer has a draft already."),
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gt=F("valid_from")),
                name="offer_ends_after_it_begins",
                violation_error_message=_("An offer ends after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(stack_most__gt=0, stack_most__lte=1),
                name="offer_stack_most_is_a_share",
                violation_error_message=_("The share lies above 0, and is 1 at most."),
            ),
            models.CheckConstraint(
                condition=Q(reserve_minutes__gte=1, reserve_minutes__lte=43_200),
                name="offer_reservations_end",
                violation_error_message=_("A reservation lives from one minute to thirty days."),
            ),
        ]

    def __str__(self):
        return f"{self.offer} v{self.number}"

    @property
    def zone(self):
        return ZoneInfo(self.time_zone)


class OfferSlot(models.Model):
    """A part of an offer's budget and of its number of redemptions, so that those who redeem do not queue at one row.

    Triggers alone write it: `granted` sums to the budget, the rest follows from the redemptions."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="slots")
    slot = models.PositiveSmallIntegerField()
    granted = models.DecimalField(max_digits=20, decimal_places=2, default=0)
    reserved = models.DecimalField(max_digits=20, decimal_places=2, default=0)
    committed = models.DecimalField(max_digits=20, decimal_places=2, default=0)
    uses_granted = models.PositiveIntegerField(null=True, blank=True)
    uses = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "slot"], name="one_slot_per_place"),
            models.CheckConstraint(
                condition=Q(reserved__gte=0, committed__gte=0) & (Q(granted__gte=F("reserved") + F("committed"))),
                name="offer_slot_within_budget",
            ),
            models.CheckConstraint(
                condition=Q(uses_granted__isnull=True) | Q(uses_granted__gte=F("uses")), name="offer_slot_within_number"
            ),
        ]

    def __str__(self):
        return f"{self.offer_id}/{self.slot}"
