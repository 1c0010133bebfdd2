from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from service.models.complaint_rules import Authority, ComplaintStep
from service.querysets.complaint_clocks import ComplaintClockQuerySet


class ComplaintClock(models.Model):
    """A deadline of a complaint: by which rule, from which day, until which. `counted_on` is where the count ended before
    a last day off was moved.

    It ends once, met or not. A later `due_on` needs an extension of exactly that day: a trigger refuses others."""

    complaint = models.ForeignKey(
        "service.Complaint", models.PROTECT, related_name="clocks", verbose_name=_("complaint")
    )
    referral = models.ForeignKey(
        "service.RegulatorReferral", models.PROTECT, null=True, blank=True, related_name="clocks",
        verbose_name=_("letter of an authority"),
    )  # fmt: skip
    step = models.CharField(_("step"), max_length=24, choices=ComplaintStep)
    rule = models.ForeignKey("service.ComplaintRule", models.PROTECT, related_name="+", verbose_name=_("rule"))
    started_on = models.DateField(_("from"))
    counted_on = models.DateField(_("counted until"))
    due_on = models.DateField(_("due"))
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    is_met = models.BooleanField(_("in time"), null=True, blank=True)
    warned_at = models.DateTimeField(_("reminded before"), null=True, blank=True)
    told_at = models.DateTimeField(_("reminded when due"), null=True, blank=True)

    objects = ComplaintClockQuerySet.as_manager()

    class Meta:
        verbose_name = _("statutory clock")
        verbose_name_plural = _("statutory clocks")
        ordering = ["due_on", "id"]
        indexes = [models.Index("due_on", "id", condition=Q(ended_on=None), name="complaint_clock_runs")]
        constraints = [
            models.UniqueConstraint(
                fields=["complaint", "step"],
                condition=Q(ended_on__isnull=True, referral__isnull=True),
                name="one_running_clock_a_step",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("started_on")), name="complaint_clock_ends_after_it_begins"
            ),
        ]

    def __str__(self):
        return f"{self.get_step_display()} {self.due_on}"

    @property
    def is_running(self):
        return self.ended_on is None


class ComplaintExtension(models.Model):
    """A deadline that was made longer: asked for by one, approved by another, told to the complainant. Written by an
    approved request alone."""

    complaint = models.ForeignKey("service.Complaint", models.PROTECT, related_name="extensions")
    clock = models.ForeignKey(ComplaintClock, models.PROTECT, related_name="extensions", verbose_name=_("clock"))
    rule = models.ForeignKey("service.ComplaintRule", models.PROTECT, related_name="+", verbose_name=_("rule"))
    from_on = models.DateField(_("due before"))
    due_on = models.DateField(_("due"))
    message = models.ForeignKey("service.TicketMessage", models.PROTECT, related_name="+", verbose_name=_("told"))
    approval = models.ForeignKey("staff.ChangeRequest", models.PROTECT, related_name="+", verbose_name=_("approval"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("extension of a deadline")
        verbose_name_plural = _("extensions of deadlines")
        constraints = [
            models.UniqueConstraint(fields=["clock", "rule"], name="an_extension_once_a_clock"),
            models.CheckConstraint(condition=Q(due_on__gt=F("from_on")), name="extension_is_longer"),
        ]

    def __str__(self):
        return f"{self.clock_id} {self.due_on}"


class RegulatorReferral(models.Model):
    """A complaint that an authority passed on or asks about, and what it was answered. The deadline is its clock."""

    complaint = models.ForeignKey(
        "service.Complaint", models.PROTECT, related_name="referrals", verbose_name=_("complaint")
    )
    authority = models.CharField(_("authority"), max_length=8, choices=Authority)
    number = models.CharField(_("its number"), max_length=80)
    received_on = models.DateField(_("received on"))
    replied_on = models.DateField(_("replied on"), null=True, blank=True)
    reply = models.TextField(_("reply"), blank=True)
    file = models.FileField(_("file"), upload_to="service/referrals/%Y/%m/", blank=True)
    file_name = models.CharField(_("name of the file"), max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("replied by")
    )

    class Meta:
        verbose_name = _("letter of an authority")
        verbose_name_plural = _("letters of authorities")
        ordering = ["-received_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["authority", "number"],
                name="a_referral_once",
                violation_error_message=_("This number of the authority is recorded already."),
            ),
            models.CheckConstraint(
                condition=Q(replied_on=None, reply="") | Q(replied_on__isnull=False) & ~Q(reply=""),
                name="a_reply_has_a_day",
            ),
        ]

    def __str__(self):
        return self.number
