from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from incidents.querysets.cases import CaseQuerySet
from risk.models import RiskLevel


class CaseState(models.TextChoices):
    OPEN = "open", _("Open")
    WORKING = "working", _("Being worked on")
    CLOSED = "closed", _("Closed")


class Case(models.Model):
    """What somebody does about a breach or an event: opened on an alert or by hand, until it is closed with its root
    cause. Its line is that of its risk or indicator; none is the whole company."""

    reference = models.CharField(
        _("case no."),
        max_length=16,
        unique=True,
        editable=False,
        db_default=Func(function="incidents_next_case", output_field=models.CharField()),
    )
    title = models.CharField(_("title"), max_length=160)
    severity = models.CharField(_("severity"), max_length=8, choices=RiskLevel)
    state = models.CharField(_("state"), max_length=7, choices=CaseState, default=CaseState.OPEN)
    line = models.ForeignKey(
        "products.BusinessLine",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("business line"),
    )
    risk = models.ForeignKey(
        "risk.Risk", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("risk")
    )
    alert = models.ForeignKey(
        "risk.Alert", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("alert")
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("opened by")
    )
    opened_at = models.DateTimeField(_("opened at"))
    text = models.TextField(_("what happened"), blank=True)
    root_cause = models.TextField(_("root cause"), blank=True)
    conclusion = models.TextField(_("conclusion"), blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        indexes = [
            models.Index(F("opened_at").desc(), F("id").desc(), name="case_newest"),
            models.Index("risk", F("opened_at").desc(), name="case_of_risk"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["alert"],
                condition=~Q(state="closed"),
                name="one_open_case_per_alert",
                violation_error_message=_("This alert already has an open case."),
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | (~Q(root_cause="") & Q(closed_at__isnull=False)),
                name="closed_case_has_a_root_cause",
                violation_error_message=_("Say what the root cause was."),
            ),
        ]

    def __str__(self):
        return f"{self.reference} {self.title}"

    @property
    def is_open(self):
        return self.state != CaseState.CLOSED


class CaseEntry(models.Model):
    """What was done or learnt in a case, in order. A trigger refuses changes."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="entries", verbose_name=_("case"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    text = models.TextField(_("entry"))

    class Meta:
        verbose_name = _("entry of a case")
        ordering = ["-at", "-id"]
        indexes = [models.Index("case", F("at").desc(), name="case_entry_newest")]

    def __str__(self):
        return f"{self.case_id} {self.at:%Y-%m-%d %H:%M}"
