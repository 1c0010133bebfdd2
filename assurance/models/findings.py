from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from assurance.querysets.findings import FindingQuerySet
from risk.models import RiskLevel


class FindingState(models.TextChoices):
    OPEN = "open", _("Open")
    ANSWERED = "answered", _("Answered")
    DONE = "done", _("Done, to be verified")
    VERIFIED = "verified", _("Verified")


class Finding(models.Model):
    """What an audit found wanting, who mends it until when, and who verified that it is mended: never somebody who owns
    the area, owns the finding or did the work. A trigger holds that, whoever writes."""

    reference = models.CharField(
        _("finding no."),
        max_length=16,
        unique=True,
        editable=False,
        db_default=Func(function="assurance_next_finding", output_field=models.CharField()),
    )
    engagement = models.ForeignKey(
        "assurance.Engagement", models.PROTECT, related_name="findings", verbose_name=_("audit")
    )
    title = models.CharField(_("title"), max_length=160)
    severity = models.CharField(_("severity"), max_length=8, choices=RiskLevel)
    condition = models.TextField(_("what is"))
    criteria = models.TextField(_("what should be"))
    cause = models.TextField(_("why"), blank=True)
    effect = models.TextField(_("what follows"), blank=True)
    recommendation = models.TextField(_("recommendation"), blank=True)
    risk = models.ForeignKey(
        "risk.Risk", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("risk")
    )
    activation = models.ForeignKey(
        "incidents.Activation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("plan or drill it came of"),
    )
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner"))
    due_on = models.DateField(_("due on"))
    state = models.CharField(_("state"), max_length=8, choices=FindingState, default=FindingState.OPEN)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("raised by")
    )
    raised_at = models.DateTimeField(_("raised at"))
    response = models.TextField(_("response"), blank=True)
    evidence = models.TextField(_("evidence"), blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("done by")
    )
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    verification = models.TextField(_("how it was verified"), blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("verified by"),
    )
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        permissions = [
            ("answer_finding", _("Can answer findings of one's own, and say that they are done")),
            ("verify_finding", _("Can verify that a finding is mended")),
        ]
        indexes = [
            models.Index(F("raised_at").desc(), F("id").desc(), name="finding_newest"),
            models.Index("due_on", condition=~Q(state="verified"), name="finding_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True, verified_by__isnull=True)
                | (Q(verified_at__isnull=False, verified_by__isnull=False, state="verified") & ~Q(evidence="")),
                name="verified_finding_has_evidence",
                violation_error_message=_("A finding is verified by somebody, over evidence."),
            )
        ]

    def __str__(self):
        return f"{self.reference} {self.title}"

    @property
    def is_open(self):
        return self.state != FindingState.VERIFIED
