from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from risk.querysets.controls import ControlQuerySet


class ControlKind(models.TextChoices):
    PREVENTIVE = "preventive", _("Preventive")
    DETECTIVE = "detective", _("Detective")
    CORRECTIVE = "corrective", _("Corrective")


class Frequency(models.TextChoices):
    YEARLY = "yearly", _("Yearly")
    QUARTERLY = "quarterly", _("Quarterly")
    MONTHLY = "monthly", _("Monthly")
    WEEKLY = "weekly", _("Weekly")
    DAILY = "daily", _("Daily")
    MANY = "many", _("Many times a day")


class Effectiveness(models.TextChoices):
    EFFECTIVE = "effective", _("Effective")
    PARTLY = "partly", _("Partly effective")
    INEFFECTIVE = "ineffective", _("Ineffective")


class Control(models.Model):
    """Something that is done again and again so that a risk does not come true, or is noticed. `last_test` is the last that
    was finished; until one is, nobody knows whether it works. `measure` names what the nightly run tests of it (`risk/control_measures.py`)."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=160)
    description = models.TextField(_("what is done"), blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=ControlKind)
    frequency = models.CharField(_("how often"), max_length=9, choices=Frequency)
    is_automated = models.BooleanField(_("automated"), default=False)
    is_key = models.BooleanField(_("key control"), default=False)
    line = models.ForeignKey(
        "products.BusinessLine",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("business line"),
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner"))
    risks = models.ManyToManyField("risk.Risk", related_name="controls", blank=True, verbose_name=_("risks"))
    last_test = models.ForeignKey(
        "risk.ControlTest",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("last test"),
    )

    measure = models.CharField(_("tested each night by"), max_length=40, blank=True)
    tolerance = models.PositiveIntegerField(_("exceptions that are tolerated"), default=0)
    last_run = models.ForeignKey(
        "risk.AutomatedRun",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("last automated test"),
    )

    objects = ControlQuerySet.as_manager()

    class Meta:
        verbose_name = _("control")
        verbose_name_plural = _("controls")
        ordering = ["code"]
        permissions = [("test_control", _("Can test controls that one does not own"))]

    def __str__(self):
        return self.name


class SampleSizeRule(models.Model):
    """How many items a test of a control looks at, by how often it is done, from a day on."""

    frequency = models.CharField(_("how often"), max_length=9, choices=Frequency)
    size = models.PositiveSmallIntegerField(_("items"))
    valid_from = models.DateField(_("from"))
    source = models.CharField(_("source"), max_length=200, blank=True)
    needs_confirmation = models.BooleanField(_("needs confirmation"), default=False)

    class Meta:
        verbose_name = _("sample-size rule")
        ordering = ["frequency", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["frequency", "valid_from"], name="one_sample_size_per_frequency_and_day")
        ]

    def __str__(self):
        return f"{self.get_frequency_display()} {self.size}"


class ControlTest(models.Model):
    """A look at a sample of what a control has done, by somebody who does not own it. Finished, it never changes: a trigger
    refuses, as it refuses its owner as tester."""

    control = models.ForeignKey(Control, models.PROTECT, related_name="tests", verbose_name=_("control"))
    tester = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("tester"))
    begun_at = models.DateTimeField(_("begun at"))
    seed = models.CharField(_("seed"), max_length=60)
    counted = models.PositiveIntegerField(_("items in the list"))
    sha256 = models.CharField(_("SHA-256 of the list"), max_length=64)
    required = models.PositiveSmallIntegerField(_("items that the rule asks for"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    conclusion = models.CharField(_("conclusion"), max_length=11, choices=Effectiveness, blank=True)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("test of a control")
        verbose_name_plural = _("tests of controls")
        ordering = ["-begun_at", "-id"]
        indexes = [models.Index("control", F("begun_at").desc(), name="control_test_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | (~Q(conclusion="") & ~Q(reason="")),
                name="finished_test_has_a_conclusion",
                violation_error_message=_("Say what the test concluded, and why."),
            )
        ]

    def __str__(self):
        return f"{self.control} {self.begun_at:%Y-%m-%d}"

    @property
    def is_finished(self):
        return self.finished_at is not None


class ControlTestItem(models.Model):
    """One item of the sample, and whether the control worked for it."""

    test = models.ForeignKey(ControlTest, models.PROTECT, related_name="items", verbose_name=_("test"))
    position = models.PositiveSmallIntegerField(_("position"))
    key = models.CharField(_("item"), max_length=120)
    passed = models.BooleanField(_("worked"), null=True)

    class Meta:
        verbose_name = _("item of a test")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["test", "position"], name="one_test_item_per_position")]

    def __str__(self):
        return self.key


class AutomatedRun(models.Model):
    """What a statement counted of a control as of a day: how many things it was for, and for how many it did not work.
    `keys` are the first hundred of those. Never changed: a trigger refuses."""

    control = models.ForeignKey(Control, models.PROTECT, related_name="runs", verbose_name=_("control"))
    measure = models.CharField(_("measure"), max_length=40)
    as_of = models.DateField(_("as of"))
    population = models.PositiveIntegerField(_("population"))
    exceptions = models.PositiveIntegerField(_("exceptions"))
    keys = models.JSONField(_("exceptions by key"), default=list)
    tolerance = models.PositiveIntegerField(_("tolerated"))
    passed = models.BooleanField(_("passed"))
    ran_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("automated test of a control")
        verbose_name_plural = _("automated tests of controls")
        ordering = ["-as_of", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["control", "as_of"], name="one_automated_run_per_day"),
            models.CheckConstraint(
                condition=Q(passed=True, exceptions__lte=F("tolerance"))
                | Q(passed=False, exceptions__gt=F("tolerance")),
                name="run_passes_within_its_tolerance",
            ),
        ]

    def __str__(self):
        return f"{self.control} {self.as_of}"
