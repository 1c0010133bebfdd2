from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from incidents.querysets.activations import ActivationQuerySet
from staff.rules.roles import Role


class Activation(models.Model):
    """A plan being carried out, in earnest or as a drill, on a board that many look at. `revision` grows with every
    change of it, so that a board knows by one number whether it is up to date."""

    plan = models.ForeignKey("incidents.Plan", models.PROTECT, related_name="activations", verbose_name=_("plan"))
    version = models.ForeignKey("incidents.PlanVersion", models.PROTECT, related_name="+", verbose_name=_("version"))
    case = models.ForeignKey(
        "incidents.Case", models.PROTECT, null=True, blank=True, related_name="activations", verbose_name=_("case")
    )
    is_drill = models.BooleanField(_("drill"), default=False)
    reason = models.TextField(_("why"))
    activated_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    activated_at = models.DateTimeField(_("activated at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )
    outcome = models.TextField(_("outcome"), blank=True)
    lessons = models.TextField(_("lessons"), blank=True)
    score = models.PositiveSmallIntegerField(_("score of the drill, 1 to 5"), null=True, blank=True)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = ActivationQuerySet.as_manager()

    class Meta:
        verbose_name = _("activation")
        verbose_name_plural = _("activations")
        permissions = [("work_activation", _("Can take and finish steps of an activated plan"))]
        indexes = [models.Index(F("activated_at").desc(), F("id").desc(), name="activation_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "is_drill"],
                condition=Q(ended_at__isnull=True),
                name="one_open_activation_per_plan",
                violation_error_message=_("This plan is active already."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | ~Q(outcome=""),
                name="ended_activation_has_an_outcome",
                violation_error_message=_("Say how it ended."),
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__range=(1, 5)),
                name="drill_score_is_one_to_five",
                violation_error_message=_("The score is from 1 to 5."),
            ),
        ]

    def __str__(self):
        return f"{self.plan} {self.activated_at:%Y-%m-%d}"

    @property
    def is_open(self):
        return self.ended_at is None


class ActivationStep(models.Model):
    """A step of the plan on its board: due so many minutes after the start, taken by one person, done by one."""

    activation = models.ForeignKey(Activation, models.PROTECT, related_name="steps", verbose_name=_("activation"))
    position = models.PositiveSmallIntegerField(_("position"))
    title = models.CharField(_("step"), max_length=300)
    role = models.CharField(_("role"), max_length=20, choices=Role, blank=True)
    due_at = models.DateTimeField(_("due at"))
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taken by")
    )
    taken_at = models.DateTimeField(_("taken at"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("done by")
    )
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)

    class Meta:
        verbose_name = _("step of an activation")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["activation", "position"], name="one_step_per_position")]

    def __str__(self):
        return self.title

    @property
    def was_late(self):
        return self.done_at is not None and self.done_at > self.due_at


class ActivationCall(models.Model):
    """Somebody of the call tree on the board: to be reached by a time, by whom, and who was: they or their deputy."""

    activation = models.ForeignKey(Activation, models.PROTECT, related_name="calls", verbose_name=_("activation"))
    position = models.PositiveSmallIntegerField(_("position"))
    level = models.PositiveSmallIntegerField(_("level"))
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person"))
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("deputy")
    )
    caller = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("called by"))
    due_at = models.DateTimeField(_("due at"))
    escalated_at = models.DateTimeField(_("passed to the deputy at"), null=True, blank=True)
    reached = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reached")
    )
    reached_at = models.DateTimeField(_("reached at"), null=True, blank=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("noted by")
    )

    class Meta:
        verbose_name = _("call of an activation")
        verbose_name_plural = _("calls of activations")
        ordering = ["position"]
        indexes = [models.Index(fields=["due_at"], condition=Q(reached_at__isnull=True), name="call_waiting")]
        constraints = [
            models.UniqueConstraint(fields=["activation", "position"], name="one_call_per_position"),
            models.CheckConstraint(
                condition=Q(reached_at__isnull=True, reached__isnull=True)
                | (
                    Q(reached_at__isnull=False)
                    & (Q(reached=F("person")) | Q(deputy__isnull=False, reached=F("deputy")))
                ),
                name="who_is_reached_is_called",
            ),
        ]

    def __str__(self):
        return f"{self.activation_id} {self.position}"

    @property
    def was_late(self):
        return self.reached_at is not None and self.reached_at > self.due_at

    @property
    def in_time(self):
        return self.reached_at is not None and self.reached_at <= self.due_at


class ActivationEntry(models.Model):
    """What somebody wrote on the board. A trigger refuses changes: it is the record of what was decided when."""

    activation = models.ForeignKey(Activation, models.PROTECT, related_name="entries", verbose_name=_("activation"))
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    text = models.TextField(_("entry"))

    class Meta:
        verbose_name = _("entry on a board")
        ordering = ["-at", "-id"]
        indexes = [models.Index("activation", F("at").desc(), name="board_entry_newest")]

    def __str__(self):
        return f"{self.activation_id} {self.at:%Y-%m-%d %H:%M}"
