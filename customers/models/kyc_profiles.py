from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models.customers import CustomerRisk
from customers.querysets.kyc_profiles import EnhancedReviewQuerySet, KycReviewQuerySet


class FactorCode(models.TextChoices):
    """What makes knowing a customer more pressing."""

    BUSINESS = "business", _("Is a business")
    FOREIGN = "foreign", _("Lives or sits in another jurisdiction")
    COUNTRY = "country", _("Lives or sits in a country of high risk")
    NEW = "new", _("Became a customer lately")
    LINES = "lines", _("Deals in many business lines")
    TURNOVER = "turnover", _("Moves much money in 90 days")
    UNVERIFIED = "unverified", _("No verified identity document holds")
    OWNERSHIP = "ownership", _("Is owned through other companies")
    SOURCE = "source", _("Is said to be of higher risk by the platform")
    FROZEN = "frozen", _("Is frozen")


class KycFactor(models.Model):
    """How many points something adds to a customer's risk, from a day on. `value` and `least` say which it is about: a
    country, a number of days, an amount in the company's currency."""

    code = models.CharField(_("factor"), max_length=10, choices=FactorCode)
    value = models.CharField(_("which"), max_length=10, blank=True)
    least = models.BigIntegerField(_("from"), default=0)
    points = models.PositiveSmallIntegerField(_("points"))
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("until"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    needs_confirmation = models.BooleanField(_("needs confirmation"), default=False)

    class Meta:
        verbose_name = _("risk factor")
        verbose_name_plural = _("risk factors")
        ordering = ["code", "value", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "value", "least", "valid_from"], name="one_kyc_factor_per_day")
        ]

    def __str__(self):
        return f"{self.get_code_display()} {self.value}".strip()


class KycProfile(models.Model):
    """How risky a customer is, why, and when that is looked at again. Written by the night; overridden by two people."""

    customer = models.OneToOneField(
        "customers.Customer", models.PROTECT, primary_key=True, related_name="kyc_profile", verbose_name=_("customer")
    )
    points = models.PositiveSmallIntegerField(_("points"), default=0)
    rating = models.CharField(_("rating"), max_length=6, choices=CustomerRisk, default=CustomerRisk.LOW)
    factors = models.JSONField(_("factors"), default=list)
    override = models.CharField(_("overridden to"), max_length=6, choices=CustomerRisk, blank=True)
    override_reason = models.CharField(_("why overridden"), max_length=300, blank=True)
    first_rated_on = models.DateField(_("first rated on"))
    rated_on = models.DateField(_("rated on"))
    reviewed_on = models.DateField(_("reviewed on"), null=True, blank=True)
    next_review_on = models.DateField(_("next review"))

    class Meta:
        verbose_name = _("KYC profile")
        verbose_name_plural = _("KYC profiles")
        permissions = [
            ("override_rating", _("Can ask to override a risk rating")),
            ("check_rating", _("Can approve that a risk rating is overridden")),
        ]
        indexes = [models.Index("next_review_on", "customer", name="profile_next_review")]

    def __str__(self):
        return f"{self.customer_id} {self.effective}"

    @property
    def effective(self):
        return self.override or self.rating


class ReviewState(models.TextChoices):
    OPEN = "open", pgettext_lazy("case", "Open")
    DOCUMENTS = "documents", _("Documents seen")
    DECIDED = "decided", _("Decided, to be signed")
    SIGNED = "signed", _("Signed")


class ReviewDecision(models.TextChoices):
    GO_ON = "go_on", _("Go on as before")
    WATCH = "watch", _("Go on and watch more closely")
    LIMIT = "limit", _("Limit the business")
    END = "end", _("End the relationship")


class KycReview(models.Model):
    """One look at a customer: documents, a decision, and the signature of somebody else."""

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="kyc_reviews", verbose_name=_("customer")
    )
    state = models.CharField(_("state"), max_length=9, choices=ReviewState, default=ReviewState.OPEN)
    due_on = models.DateField(_("due on"))
    opened_at = models.DateTimeField(_("opened at"))
    documents_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    documents_at = models.DateTimeField(_("documents seen at"), null=True, blank=True)
    decision = models.CharField(_("decision"), max_length=5, choices=ReviewDecision, blank=True)
    conclusion = models.TextField(_("conclusion"), blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)

    objects = KycReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("KYC review")
        verbose_name_plural = _("KYC reviews")
        permissions = [
            ("handle_kycreview", _("Can carry out KYC reviews")),
            ("sign_kycreview", _("Can sign KYC reviews")),
        ]
        indexes = [models.Index("customer", F("id").desc(), name="review_of_customer")]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=~Q(state="signed"), name="one_open_kyc_review_of_a_customer"
            ),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True) | ~Q(signed_by=F("decided_by")),
                name="review_is_signed_by_somebody_else",
                violation_error_message=_("Somebody else signs what you have decided."),
            ),
            models.CheckConstraint(
                condition=~Q(state="signed") | (Q(signed_by__isnull=False, decided_by__isnull=False) & ~Q(decision="")),
                name="signed_review_was_decided",
            ),
        ]

    def __str__(self):
        return f"{self.customer_id} {self.due_on}"


class EddCause(models.TextChoices):
    HIGH_RISK = "high_risk", _("High risk rating")
    PEP = "pep", _("Politically exposed person")
    HIT = "hit", _("Confirmed screening hit")
    OWNERSHIP = "ownership", _("Complex ownership")
    OTHER = "other", _("Other grounds")


class EddOutcome(models.TextChoices):
    APPROVED = "approved", _("Relationship approved")
    REFUSED = "refused", _("Relationship refused")


class EnhancedReview(models.Model):
    """Enhanced due diligence: where money and wealth come from, and whether a senior lets the relationship go on."""

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="enhanced_reviews", verbose_name=_("customer")
    )
    cause = models.CharField(_("cause"), max_length=9, choices=EddCause)
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("opened by")
    )
    outcome = models.CharField(_("outcome"), max_length=8, choices=EddOutcome, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = EnhancedReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("enhanced due diligence")
        verbose_name_plural = _("enhanced due diligence")
        permissions = [
            ("handle_enhancedreview", _("Can carry out enhanced due diligence")),
            ("check_enhancedreview", _("Can approve a relationship of high risk")),
        ]
        indexes = [models.Index("customer", F("id").desc(), name="edd_of_customer")]
        constraints = [
            models.UniqueConstraint(fields=["customer"], condition=Q(outcome=""), name="one_open_edd_of_a_customer"),
            models.CheckConstraint(
                condition=Q(outcome="", ended_at__isnull=True) | (~Q(outcome="") & Q(ended_at__isnull=False)),
                name="edd_that_ended_has_an_outcome",
            ),
        ]

    def __str__(self):
        return f"EDD-{self.pk}"

    @property
    def is_open(self):
        return not self.outcome


class EddStep(models.TextChoices):
    FUNDS = "funds", _("Source of funds")
    WEALTH = "wealth", _("Source of wealth")
    PURPOSE = "purpose", _("Purpose and expected business")
    MEDIA = "media", _("Public sources searched")
    OWNERSHIP = "ownership", _("Owners and control understood")


class EddItem(models.Model):
    """One point of the checklist, answered with what was found and by whom."""

    review = models.ForeignKey(EnhancedReview, models.PROTECT, related_name="items")
    step = models.CharField(_("step"), max_length=9, choices=EddStep)
    finding = models.TextField(_("what was found"))
    evidence = models.CharField(_("evidence"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("point of enhanced due diligence")
        verbose_name_plural = _("points of enhanced due diligence")
        ordering = ["step"]
        constraints = [models.UniqueConstraint(fields=["review", "step"], name="one_answer_of_each_edd_step")]

    def __str__(self):
        return f"{self.review} {self.step}"
