from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from assurance.querysets.engagements import EngagementQuerySet, UnitQuerySet


class AuditUnit(models.Model):
    """Something that is audited: an area, who answers for it, its risks. Who owns an area never audits it."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True)
    line = models.ForeignKey(
        "products.BusinessLine",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("business line"),
    )
    owners = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("owners"))
    risks = models.ManyToManyField("risk.Risk", related_name="+", blank=True, verbose_name=_("risks"))
    every_months = models.PositiveSmallIntegerField(_("audited every … months"), default=12)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(every_months__range=(1, 120)),
                name="area_is_audited_within_ten_years",
                violation_error_message=_("From 1 to 120 months."),
            )
        ]

    def __str__(self):
        return self.name


class EngagementState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    FIELDWORK = "fieldwork", _("Fieldwork")
    CLOSED = "closed", _("Closed")


class Engagement(models.Model):
    """One audit of one area, led by somebody who does not own it. A trigger refuses a lead among the owners."""

    reference = models.CharField(
        _("audit no."),
        max_length=16,
        unique=True,
        editable=False,
        db_default=Func(function="assurance_next_engagement", output_field=models.CharField()),
    )
    unit = models.ForeignKey(AuditUnit, models.PROTECT, related_name="engagements", verbose_name=_("area"))
    title = models.CharField(_("title"), max_length=160)
    scope = models.TextField(_("scope"))
    programme = models.TextField(_("programme"), blank=True)
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("lead"))
    state = models.CharField(_("state"), max_length=9, choices=EngagementState, default=EngagementState.PLANNED)
    starts_on = models.DateField(_("starts on"))
    conclusion = models.TextField(_("conclusion"), blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    plan_line = models.OneToOneField(
        "assurance.AuditPlanLine",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="engagement",
        verbose_name=_("line of the audit plan"),
    )

    objects = EngagementQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit")
        verbose_name_plural = _("audits")
        indexes = [models.Index(F("starts_on").desc(), F("id").desc(), name="engagement_newest")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="closed") | (~Q(conclusion="") & Q(closed_at__isnull=False)),
                name="closed_audit_has_a_conclusion",
                violation_error_message=_("Say what the audit concluded."),
            )
        ]

    def __str__(self):
        return f"{self.reference} {self.title}"

    @property
    def is_open(self):
        return self.state != EngagementState.CLOSED


class AuditSample(models.Model):
    """What was drawn from a list for an audit: the same seed over the same list draws it again. Never changed."""

    engagement = models.ForeignKey(Engagement, models.PROTECT, related_name="samples", verbose_name=_("audit"))
    population = models.CharField(_("list"), max_length=40)
    seed = models.CharField(_("seed"), max_length=60)
    size = models.PositiveSmallIntegerField(_("size"))
    counted = models.PositiveIntegerField(_("items in the list"))
    sha256 = models.CharField(_("SHA-256 of the list"), max_length=64)
    keys = models.JSONField(_("items drawn"))
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    drawn_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("sample")
        verbose_name_plural = _("samples")
        ordering = ["-drawn_at"]

    def __str__(self):
        return f"{self.engagement_id} {self.population} {self.seed}"
