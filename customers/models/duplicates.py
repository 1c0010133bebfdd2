from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.models.customers import CustomerKind
from customers.querysets.duplicates import DuplicatePairQuerySet


class MatchField(models.TextChoices):
    """What two records are compared by."""

    IDENTITY = "identity", _("Identity number")
    PHONE = "phone", _("Phone")
    EMAIL = "email", _("E-mail")
    NAME = "name", _("Name")
    BIRTH = "birth", _("Birth date")
    ADDRESS = "address", _("Address")
    DEVICE = "device", _("Device")
    REGION = "region", _("Region")
    SEX = "sex", _("Sex")


class MatchLevel(models.TextChoices):
    """How far two values agree; `missing` says nothing, neither for nor against."""

    EXACT = "exact", _("Same")
    CLOSE = "close", _("Close")
    DIFFERS = "differs", _("Different")
    MISSING = "missing", _("Not known")


class PairState(models.TextChoices):
    OPEN = "open", _("To be judged")
    DISMISSED = "dismissed", _("Not a duplicate")
    MERGED = "merged", _("Merged")


class MatchKey(models.Model):
    """By what a customer is found beside others like them: keyed hashes of name, sound of the name, and address.

    Made again whenever `print`, a fingerprint of what they were made of, is another one."""

    customer = models.OneToOneField(
        "customers.Customer", models.CASCADE, primary_key=True, related_name="match_key", db_constraint=False
    )
    name_index = models.BinaryField()
    sound_index = models.BinaryField()
    address_index = models.BinaryField(null=True)
    print = models.BigIntegerField()

    class Meta:
        verbose_name = _("key for comparing")
        indexes = [
            models.Index(fields=["address_index"], name="match_key_address", condition=Q(address_index__isnull=False))
        ]

    def __str__(self):
        return f"{self.customer_id}"


class MatchWeight(models.Model):
    """How often two records of one person show a level of a field (`m`), and two of different people (`u`).

    The weight of the level is log2(m/u) (Fellegi and Sunter 1969); the weights of all fields add up to a score. The
    newest row that has begun is in force."""

    kind = models.CharField(_("kind"), max_length=10, choices=CustomerKind)
    field = models.CharField(_("field"), max_length=10, choices=MatchField)
    level = models.CharField(_("level"), max_length=8, choices=MatchLevel)
    m = models.FloatField(_("among records of one person"))
    u = models.FloatField(_("among records of different people"))
    valid_from = models.DateField(_("valid from"))

    class Meta:
        verbose_name = _("weight of a comparison")
        verbose_name_plural = _("weights of comparisons")
        default_permissions = ()
        ordering = ["kind", "field", "level", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "field", "level", "valid_from"], name="one_match_weight_a_day"),
            models.CheckConstraint(
                condition=Q(m__gt=0, m__lt=1, u__gt=0, u__lt=1),
                name="match_weight_of_two_probabilities",
                violation_error_message=_("Both shares lie between 0 and 1, without the ends."),
            ),
        ]

    def __str__(self):
        return f"{self.kind} {self.field} {self.level}"

    @property
    def span(self):
        return f"{self.m:g} / {self.u:g}"


class MatchLimit(models.Model):
    """From which score on a pair is shown (`possible`) or marked (`likely`), and how many records one key may share before
    it is passed over (`largest_block`). The newest row that has begun is in force."""

    class Code(models.TextChoices):
        POSSIBLE = "possible", _("Shown from")
        LIKELY = "likely", _("Likely from")
        LARGEST_BLOCK = "largest_block", _("Most records that share a key")

    code = models.CharField(_("limit"), max_length=14, choices=Code)
    value = models.FloatField(_("value"))
    valid_from = models.DateField(_("valid from"))

    class Meta:
        verbose_name = _("limit of a comparison")
        verbose_name_plural = _("limits of comparisons")
        default_permissions = ()
        ordering = ["code", "-valid_from"]
        constraints = [models.UniqueConstraint(fields=["code", "valid_from"], name="one_match_limit_a_day")]

    def __str__(self):
        return f"{self.code} {self.value}"

    @property
    def span(self):
        return f"{self.value:g}"


class DuplicateRun(models.Model):
    """One search for duplicates: among all customers, or those that changed since the last one against all."""

    whole = models.BooleanField(_("all customers"))
    business_date = models.DateField(_("business date"))
    began_at = models.DateTimeField(_("began"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    changed = models.PositiveIntegerField(_("customers compared anew"), default=0)
    compared = models.PositiveBigIntegerField(_("pairs compared"), default=0)
    found = models.PositiveIntegerField(_("pairs new or scored otherwise"), default=0)
    skipped = models.JSONField(
        _("keys passed over"), default=list, help_text=_("Keys that too many records share, by what they are made of.")
    )

    class Meta:
        verbose_name = _("search for duplicates")
        verbose_name_plural = _("searches for duplicates")
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [("find_duplicates", _("Can look for duplicates now"))]

    def __str__(self):
        return f"{self.business_date}"


class DuplicatePair(models.Model):
    """Two customers who may be one; `first` has the lower number. A word that they are two holds until either changes."""

    first = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", verbose_name=_("one"))
    second = models.ForeignKey("customers.Customer", models.PROTECT, related_name="+", verbose_name=_("other"))
    kind = models.CharField(_("kind"), max_length=10, choices=CustomerKind)
    score = models.DecimalField(_("score"), max_digits=6, decimal_places=2)
    levels = models.JSONField(
        _("what agrees"), help_text=_("For each field its level and the weight that it gave: [level, weight].")
    )
    first_print = models.BigIntegerField()
    second_print = models.BigIntegerField()
    state = models.CharField(_("state"), max_length=9, choices=PairState, default=PairState.OPEN)
    run = models.ForeignKey(DuplicateRun, models.PROTECT, related_name="pairs", verbose_name=_("found by"))
    found_at = models.DateTimeField(_("found"))
    judged_at = models.DateTimeField(_("judged"), null=True, blank=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects = DuplicatePairQuerySet.as_manager()

    class Meta:
        verbose_name = _("possible duplicate")
        verbose_name_plural = _("possible duplicates")
        default_permissions = ("view",)
        permissions = [("judge_duplicatepair", _("Can say that two customers are not one"))]
        indexes = [
            models.Index("state", F("score").desc(), F("id").desc(), name="duplicate_by_score"),
            models.Index(fields=["second"], name="duplicate_second"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="one_pair_of_two_customers"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="pair_in_order"),
        ]

    def __str__(self):
        return f"{self.first_id} {self.second_id}"
