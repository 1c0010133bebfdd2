from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from service.models.policies import ClockKind
from service.models.tickets import TicketStatus
from service.querysets.clocks import ClockQuerySet


class BreachCause(models.TextChoices):
    UNASSIGNED = "unassigned", _("Waited for assignment")
    OTHER_TEAM = "other_team", _("Waited for another team")
    REOPENED = "reopened", _("Came back after it was resolved")
    LATE = "late", _("Answered late")


class TicketSpan(models.Model):
    """A stretch in which a ticket stood in one state, with or without an agent; the open one has no end."""

    ticket = models.ForeignKey("service.Ticket", models.CASCADE, related_name="spans", verbose_name=_("ticket"))
    status = models.CharField(_("status"), max_length=8, choices=TicketStatus)
    assigned = models.BooleanField(_("with an agent"))
    started_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("state of a ticket")
        verbose_name_plural = _("states of tickets")
        ordering = ["ticket", "started_at", "id"]
        indexes = [models.Index(fields=["ticket", "started_at"], name="span_in_order")]
        constraints = [
            models.UniqueConstraint(fields=["ticket"], condition=Q(ended_at=None), name="one_open_span_per_ticket"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")), name="span_ends_after_it_starts"
            ),
        ]

    def __str__(self):
        return f"{self.ticket_id} {self.status}"


class TicketClock(models.Model):
    """One promise that runs on a ticket: by when it is answered, or resolved. Times are whole seconds.

    `used_seconds` is the open time until `counted_from`, since when it runs on; a clock that stands still has
    `paused_since` and no deadline, unless that had passed before. `alarm_at` is when the next step of the escalation is
    due. A void clock belongs to a ticket that was merged away, or to a message that left with another ticket."""

    ticket = models.ForeignKey("service.Ticket", models.CASCADE, related_name="clocks", verbose_name=_("ticket"))
    kind = models.CharField(_("clock"), max_length=10, choices=ClockKind)
    policy = models.ForeignKey(
        "service.SlaPolicy", models.PROTECT, related_name="clocks", verbose_name=_("service policy")
    )
    target_seconds = models.PositiveIntegerField(_("target"))
    started_at = models.DateTimeField(_("started"))
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    paused_since = models.DateTimeField(_("stands still since"), null=True, blank=True)
    why = models.CharField(_("why it stands still"), max_length=8, choices=TicketStatus, blank=True)
    used_seconds = models.PositiveIntegerField(_("used"), default=0)
    counted_from = models.DateTimeField(_("counted from"), null=True, blank=True)
    met_at = models.DateTimeField(_("met"), null=True, blank=True)
    breached_at = models.DateTimeField(_("breached"), null=True, blank=True)
    cause = models.CharField(_("cause"), max_length=10, choices=BreachCause, blank=True)
    alarm_at = models.DateTimeField(null=True, blank=True)
    is_void = models.BooleanField(_("void"), default=False)

    objects = ClockQuerySet.as_manager()

    class Meta:
        verbose_name = _("clock of a ticket")
        verbose_name_plural = _("clocks of tickets")
        ordering = ["ticket", "started_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "kind", "started_at"], name="one_clock_per_kind_and_start")
        ]
        indexes = [
            models.Index("alarm_at", condition=Q(alarm_at__isnull=False), name="clock_alarm"),
            models.Index("due_at", condition=Q(met_at=None, breached_at=None, is_void=False), name="clock_running"),
            models.Index(
                F("breached_at").desc(), F("id").desc(), condition=Q(breached_at__isnull=False), name="clock_breached"
            ),
            models.Index("started_at", "kind", condition=Q(is_void=False), name="clock_started"),
        ]

    def __str__(self):
        return f"{self.ticket_id} {self.kind}"

    @property
    def is_paused(self):
        return self.paused_since is not None and self.met_at is None


class ChosenCause(models.Model):
    """What an agent said was the cause of a breach; it goes before what the program derived."""

    clock = models.OneToOneField(TicketClock, models.CASCADE, related_name="chosen", verbose_name=_("clock"))
    cause = models.CharField(_("cause"), max_length=10, choices=BreachCause)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("cause of a breach")
        verbose_name_plural = _("causes of breaches")

    def __str__(self):
        return self.get_cause_display()


class EscalationStep(models.Model):
    """A step of the escalation that was taken for a clock: the row is there once, so the step is taken once."""

    clock = models.ForeignKey(TicketClock, models.CASCADE, related_name="steps", verbose_name=_("clock"))
    step = models.CharField(_("step"), max_length=80)
    at = models.DateTimeField(_("at"))
    told = models.PositiveIntegerField(_("people told"), default=0)

    class Meta:
        verbose_name = _("step of an escalation")
        verbose_name_plural = _("steps of escalations")
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["clock", "step"], name="each_step_once")]

    def __str__(self):
        return f"{self.clock_id} {self.step}"
