from django.conf import settings
from django.db import models
from django.db.models import Func, Q, Value
from django.utils.translation import gettext_lazy as _

from incidents.querysets.crises import CrisisQuerySet


class Crisis(models.Model):
    """A time in which the company is led differently: declared under a stated authority, said on every page, ended."""

    reference = models.CharField(
        _("crisis no."),
        max_length=16,
        unique=True,
        editable=False,
        db_default=Func(function="incidents_next_crisis", output_field=models.CharField()),
    )
    title = models.CharField(_("title"), max_length=120)
    message = models.CharField(_("what everybody reads on every page"), max_length=300)
    authority = models.CharField(_("under which authority"), max_length=200)
    reason = models.TextField(_("why"))
    incident = models.ForeignKey(
        "incidents.Incident", models.PROTECT, null=True, blank=True, related_name="crises", verbose_name=_("incident")
    )
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("declared by")
    )
    declared_at = models.DateTimeField(_("declared at"))
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ending_reason = models.TextField(_("why it is over"), blank=True)

    objects = CrisisQuerySet.as_manager()

    class Meta:
        verbose_name = _("crisis")
        verbose_name_plural = _("crises")
        permissions = [
            ("declare_crisis", _("Can declare and end a crisis")),
            ("decide_crisis", _("Can write down decisions in a crisis")),
        ]
        constraints = [
            models.UniqueConstraint(Value(1), condition=Q(ended_at__isnull=True), name="one_crisis_at_a_time"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | (~Q(ending_reason="") & Q(ended_by__isnull=False)),
                name="ended_crisis_says_why",
                violation_error_message=_("Say why the crisis is over."),
            ),
        ]

    def __str__(self):
        return f"{self.reference} {self.title}"

    @property
    def is_open(self):
        return self.ended_at is None


class CrisisDecision(models.Model):
    """What was decided in a crisis, on which grounds, and who carries it out. A trigger refuses changes."""

    crisis = models.ForeignKey(Crisis, models.PROTECT, related_name="decisions", verbose_name=_("crisis"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("decided by"))
    decision = models.TextField(_("decision"))
    grounds = models.TextField(_("grounds"))
    carried_out_by = models.CharField(_("carried out by"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("decision in a crisis")
        ordering = ["-at", "-id"]

    def __str__(self):
        return f"{self.crisis_id} {self.at:%Y-%m-%d %H:%M}"
