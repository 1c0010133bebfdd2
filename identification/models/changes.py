from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import URLValidator
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from identification.querysets.changes import ChangeQuerySet
from products.models import Jurisdiction


class ChangeState(models.TextChoices):
    NEW = "new", _("New")
    ASSESSING = "assessing", _("Being assessed")
    GAP = "gap", _("Gap to close")
    DONE = "done", _("Done")
    NOT_OURS = "not_ours", _("Not for us")


class RegulatoryChange(models.Model):
    """A rule that an authority has made or changed: what it asks, what the company lacks, who closes that until when.

    It is over once it is done, or once somebody has said why it is not for the company."""

    reference = models.CharField(
        _("change no."),
        max_length=16,
        unique=True,
        editable=False,
        db_default=Func(function="identification_next_change", output_field=models.CharField()),
    )
    title = models.CharField(_("title"), max_length=200)
    authority = models.CharField(_("authority"), max_length=120)
    jurisdictions = ArrayField(
        models.CharField(max_length=2, choices=Jurisdiction), verbose_name=_("jurisdictions"), default=list
    )
    summary = models.TextField(_("what it asks"))
    link = models.CharField(_("link"), max_length=500, blank=True, validators=[URLValidator(schemes=["http", "https"])])
    published_on = models.DateField(_("published on"), null=True, blank=True)
    in_force_on = models.DateField(_("in force from"), null=True, blank=True)
    lines = models.ManyToManyField(
        "products.BusinessLine", related_name="+", blank=True, verbose_name=_("business lines concerned")
    )
    gap = models.TextField(_("what we lack"), blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=ChangeState, default=ChangeState.NEW)
    reason = models.TextField(_("why it is not for us"), blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    recorded_at = models.DateTimeField(_("recorded at"))

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of rules")
        verbose_name_plural = _("changes of rules")
        indexes = [
            models.Index("due_on", "id", name="regulatory_change_due", condition=~Q(state__in=["done", "not_ours"])),
            models.Index(F("recorded_at").desc(), F("id").desc(), name="regulatory_change_newest"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(Q(state="not_ours") & ~Q(reason="")) | (~Q(state="not_ours") & Q(reason="")),
                name="change_not_ours_has_a_reason",
                violation_error_message=_("Say why it is not for us."),
            ),
            models.CheckConstraint(
                condition=~Q(state="gap") | (~Q(gap="") & Q(owner__isnull=False, due_on__isnull=False)),
                name="gap_has_an_owner_and_a_day",
                violation_error_message=_("A gap has words, an owner and a day until which it is closed."),
            ),
            models.CheckConstraint(
                condition=Q(jurisdictions__len__gt=0),
                name="change_has_a_jurisdiction",
                violation_error_message=_("Say in which jurisdictions it holds."),
            ),
            models.CheckConstraint(
                condition=Q(published_on=None) | Q(in_force_on=None) | Q(in_force_on__gte=F("published_on")),
                name="change_in_force_after_published",
                violation_error_message=_("A rule is in force on the day it is published or later."),
            ),
        ]

    def __str__(self):
        return f"{self.reference} {self.title}"

    @property
    def is_open(self):
        return self.state not in (ChangeState.DONE, ChangeState.NOT_OURS)

    @property
    def places(self):
        return [Jurisdiction(code).label for code in self.jurisdictions]


class ChangeEntry(models.Model):
    """What somebody noted about a change of rules, or said when its state moved to `state`. Entries stay."""

    change = models.ForeignKey(RegulatoryChange, models.PROTECT, related_name="entries", verbose_name=_("change"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    text = models.TextField(_("text"))
    state = models.CharField(_("state"), max_length=9, choices=ChangeState, blank=True)

    class Meta:
        verbose_name = _("entry of a change of rules")
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""), name="change_entry_says_something", violation_error_message=_("Write something.")
            )
        ]

    def __str__(self):
        return f"{self.change_id} {self.at:%Y-%m-%d}"
