from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models.dated import Dated, ends_after_it_begins
from customers.models.privacy_rules import RuleUnit, span_of
from customers.querysets.suitability import (
    CarriedAssessmentQuerySet,
    SuitabilityMatrixQuerySet,
    SuitabilityResultQuerySet,
    SuitabilityRuleQuerySet,
)
from products.models import Jurisdiction, LineCode


class InvestorClass(models.TextChoices):
    """Risk tolerance, lowest first. C0 is the lowest class within C1, whose members buy nothing above R1 even of their
    own accord."""

    C0 = "C0", _("C1, lowest")
    C1 = "C1", _("C1 conservative")
    C2 = "C2", _("C2 cautious")
    C3 = "C3", _("C3 balanced")
    C4 = "C4", _("C4 growth")
    C5 = "C5", _("C5 aggressive")


class SuitabilityCode(models.TextChoices):
    """What a suitability rule sets."""

    VALIDITY = "validity", _("An assessment is valid for")
    ATTEMPTS_A_DAY = "attempts_a_day", _("Assessments in a day")
    ATTEMPTS_A_YEAR = "attempts_a_year", _("Assessments in a year")
    EXTRA_STEP_AGE = "extra_step_age", _("Age from which an extra step is taken")
    RAISED_WITHIN = "raised_within", _("A class raised so soon after a refusal is looked at")
    REMIND_BEFORE = "remind_before", _("Reminder before an assessment expires")


class SuitabilityRule(Dated):
    """A span or a number that law or policy sets for suitability, from a day on, in one jurisdiction; an empty one is
    everywhere else. `valid_to` is the last day. Nothing in code repeats a value that stands here."""

    code = models.CharField(_("rule"), max_length=20, choices=SuitabilityCode)
    jurisdiction = models.CharField(_("jurisdiction"), max_length=2, blank=True)
    value = models.PositiveIntegerField(_("value"))
    unit = models.CharField(_("unit"), max_length=12, choices=RuleUnit)

    objects = SuitabilityRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("suitability rule")
        verbose_name_plural = _("suitability rules")
        ordering = ["code", "jurisdiction", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "jurisdiction", "valid_from"], name="one_suitability_rule_per_day"),
            ends_after_it_begins("suitability_rule_ends_after_it_begins"),
        ]

    def __str__(self):
        return f"{self.get_code_display()}: {self.span}"

    @property
    def span(self):
        return span_of(self.value, self.unit)


class Match(models.TextChoices):
    """What a class may do with a product of a rating."""

    YES = "yes", _("Matches")
    CONFIRM = "confirm", _("Only of their own accord, after a written warning")
    NO = "no", _("Never")


class SuitabilityMatrix(models.Model):
    """Which class may buy which rating, in one jurisdiction, from a day on until the next one begins: `cells[class]
    [rating]` is a `Match`. `lines` are the business lines that it governs. Rows are only ever added, under four eyes."""

    jurisdiction = models.CharField(_("jurisdiction"), max_length=2, blank=True)
    valid_from = models.DateField(_("from"))
    lines = ArrayField(models.CharField(max_length=20, choices=LineCode), verbose_name=_("business lines"))
    cells = models.JSONField(_("cells"))
    source = models.CharField(_("source"), max_length=200, blank=True)
    needs_confirmation = models.BooleanField(_("needs confirmation"), default=False)

    objects = SuitabilityMatrixQuerySet.as_manager()

    class Meta:
        verbose_name = _("suitability matrix")
        verbose_name_plural = _("suitability matrices")
        ordering = ["jurisdiction", "-valid_from"]
        permissions = [
            ("check_suitability", _("Can approve changes of the suitability matrix")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "valid_from"], name="one_suitability_matrix_per_day")
        ]

    def __str__(self):
        return f"{self.jurisdiction or '–'} {self.valid_from}"

    def get_place(self):
        return Jurisdiction(self.jurisdiction).label if self.jurisdiction else _("Everywhere else")

    def match(self, investor_class, rating):
        return self.cells.get(investor_class, {}).get(rating, Match.NO)


class Review(models.TextChoices):
    """Whether somebody had to look at an assessment before it counts."""

    NONE = "", _("Not needed")
    WAITING = "waiting", _("Waits for a look")
    CONFIRMED = "confirmed", _("Confirmed")
    REJECTED = "rejected", _("Rejected")


class SuitabilityResult(models.Model):
    """What one submitted questionnaire says of a customer: their class, from the day that it was decided to
    `valid_until`, the last day. Only its review is ever written again, once."""

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="suitability", verbose_name=_("customer")
    )
    investor_class = models.CharField(_("class"), max_length=2, choices=InvestorClass)
    score = models.IntegerField(_("score"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"))
    valid_until = models.DateField(_("valid until"))
    rule = models.ForeignKey(SuitabilityRule, models.PROTECT, related_name="+", verbose_name=_("rule"))
    response = models.OneToOneField(
        "surveys.Response", models.PROTECT, related_name="suitability", verbose_name=_("evidence")
    )
    review = models.CharField(_("review"), max_length=9, choices=Review, blank=True, default=Review.NONE)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reviewed by")
    )
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    review_reason = models.CharField(_("reason"), max_length=200, blank=True)

    objects = SuitabilityResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("suitability result")
        verbose_name_plural = _("suitability results")
        permissions = [
            ("review_suitability", _("Can review a suitability assessment that looks odd")),
            ("select_by_suitability", _("Can choose customers by their suitability class")),
        ]
        indexes = [
            models.Index("customer", F("decided_at").desc(), F("id").desc(), name="suitability_of_customer"),
            models.Index(F("decided_at").desc(), F("id").desc(), name="suitability_newest"),
            models.Index("valid_until", "id", name="suitability_expiry"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(review__in=["", "waiting"]) | Q(reviewed_by__isnull=False),
                name="reviewed_suitability_names_who",
                violation_error_message=_("A review names who made it."),
            )
        ]

    def __str__(self):
        return f"{self.customer} {self.investor_class}"


class CarriedAssessment(models.Model):
    """What a merge makes of two assessments: the newest valid one of both numbers, under the stricter class of the two. It
    counts for the one that stays until they are assessed anew, and as long as the merge stands."""

    merge = models.OneToOneField(
        "customers.Merge", models.PROTECT, related_name="carried_assessment", verbose_name=_("merge")
    )
    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="carried_assessments", verbose_name=_("customer")
    )
    result = models.ForeignKey(SuitabilityResult, models.PROTECT, related_name="+", verbose_name=_("assessment"))
    investor_class = models.CharField(_("class"), max_length=2, choices=InvestorClass)
    at = models.DateTimeField(_("at"))

    objects = CarriedAssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment carried over by a merge")
        verbose_name_plural = _("assessments carried over by merges")
        default_permissions = ()

    def __str__(self):
        return f"{self.customer_id} {self.investor_class}"


class CheckUse(models.TextChoices):
    ORDER = "order", _("Order")
    OFFER = "offer", _("Offer")


class SuitabilityCheck(models.Model):
    """One question whether a customer may buy a product, with the answer and the facts it stood on. Never changed."""

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="suitability_checks", verbose_name=_("customer")
    )
    product = models.ForeignKey("products.Product", models.PROTECT, related_name="+", verbose_name=_("product"))
    product_version = models.ForeignKey("products.ProductVersion", models.PROTECT, null=True, related_name="+")
    use = models.CharField(_("for"), max_length=5, choices=CheckUse)
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=2, null=True, blank=True)
    verdict = models.CharField(_("verdict"), max_length=7, choices=Match)
    reasons = models.JSONField(_("reasons"), default=list)
    facts = models.JSONField(_("facts"), default=dict)
    result = models.ForeignKey(
        SuitabilityResult, models.PROTECT, null=True, related_name="checks", verbose_name=_("assessment")
    )
    confirmed = models.BooleanField(_("confirmed after a warning"), default=False)
    warning = models.TextField(_("warning that they read"), blank=True)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("asked by")
    )

    class Meta:
        verbose_name = _("suitability check")
        verbose_name_plural = _("suitability checks")
        permissions = [("record_suitabilitycheck", _("Can record an order or an offer with its suitability check"))]
        indexes = [models.Index("customer", F("at").desc(), F("id").desc(), name="suitability_check_newest")]

    def __str__(self):
        return f"{self.customer} {self.product} {self.verdict}"
