from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from incidents.querysets.incidents import IncidentQuerySet
from risk.models import RiskLevel


class IncidentKind(models.TextChoices):
    PERSONAL_DATA = "personal_data", _("Personal data")
    SYSTEM = "system", _("Systems")
    FRAUD = "fraud", _("Fraud")
    PAYMENT = "payment", _("Payments")
    CONDUCT = "conduct", _("Conduct towards customers")
    PROCESS = "process", _("Process or staff error")
    EXTERNAL = "external", _("External event")


class Incident(models.Model):
    """Something that went wrong, from when it began to what was learnt of it: four moments, clocks of the law, a record.

    It is open until contained, contained until resolved, and over once it is closed with its post-mortem."""

    reference = models.CharField(
        _("incident no."),
        max_length=16,
        unique=True,
        editable=False,
        db_default=Func(function="incidents_next_incident", output_field=models.CharField()),
    )
    title = models.CharField(_("title"), max_length=160)
    kind = models.CharField(_("kind"), max_length=13, choices=IncidentKind)
    severity = models.CharField(_("severity"), max_length=8, choices=RiskLevel)
    text = models.TextField(_("what happened"), blank=True)
    line = models.ForeignKey(
        "products.BusinessLine",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("business line"),
    )
    risk = models.ForeignKey(
        "risk.Risk", models.PROTECT, null=True, blank=True, related_name="incidents", verbose_name=_("risk")
    )
    case = models.ForeignKey(
        "incidents.Case", models.PROTECT, null=True, blank=True, related_name="incidents", verbose_name=_("case")
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner"))
    jurisdictions = models.JSONField(_("jurisdictions"), default=list)
    reported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    reported_at = models.DateTimeField(_("recorded at"))
    occurred_at = models.DateTimeField(_("began at"))
    detected_at = models.DateTimeField(_("detected at"))
    contained_at = models.DateTimeField(_("contained at"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("resolved at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    root_cause = models.TextField(_("root cause"), blank=True)
    post_mortem = models.TextField(_("post-mortem"), blank=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        indexes = [models.Index(F("detected_at").desc(), F("id").desc(), name="incident_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(detected_at__gte=F("occurred_at")),
                name="incident_detected_after_it_began",
                violation_error_message=_("An incident is detected after it began, not before."),
            ),
            models.CheckConstraint(
                condition=Q(contained_at__isnull=True) | Q(contained_at__gte=F("detected_at")),
                name="incident_contained_after_detected",
                violation_error_message=_("An incident is contained after it was detected, not before."),
            ),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=True)
                | Q(contained_at__isnull=False, resolved_at__gte=F("contained_at")),
                name="incident_resolved_after_contained",
                violation_error_message=_("An incident is resolved after it was contained, not before."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True)
                | (Q(resolved_at__isnull=False) & ~Q(root_cause="") & ~Q(post_mortem="")),
                name="closed_incident_has_a_post_mortem",
                violation_error_message=_(
                    "An incident is closed once it is resolved, with root cause and post-mortem."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.reference} {self.title}"

    @property
    def stage(self):
        reached = [name for name in ("contained", "resolved", "closed") if getattr(self, f"{name}_at")]
        return reached[-1] if reached else "open"

    @property
    def time_to_detect(self):
        return self.detected_at - self.occurred_at

    @property
    def time_to_contain(self):
        return self.contained_at - self.detected_at if self.contained_at else None

    @property
    def time_to_resolve(self):
        return self.resolved_at - self.detected_at if self.resolved_at else None


class IncidentEntry(models.Model):
    """A line of the timeline, or of the log of what was told to whom. A trigger refuses changes."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="entries", verbose_name=_("incident"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    told = models.CharField(_("told to"), max_length=160, blank=True, help_text=_("Empty: nobody was told anything."))
    text = models.TextField(_("entry"))

    class Meta:
        verbose_name = _("entry of an incident")
        ordering = ["-at", "-id"]

    def __str__(self):
        return f"{self.incident_id} {self.at:%Y-%m-%d %H:%M}"


class IncidentAction(models.Model):
    """What is done so that it does not happen again: by whom, until when."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="actions", verbose_name=_("incident"))
    title = models.CharField(_("action"), max_length=200)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner"))
    due_on = models.DateField(_("due on"))
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("done by")
    )

    class Meta:
        verbose_name = _("action after an incident")
        ordering = ["due_on", "id"]

    def __str__(self):
        return self.title
