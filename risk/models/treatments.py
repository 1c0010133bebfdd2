from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from risk.querysets.treatments import TreatmentQuerySet


class Strategy(models.TextChoices):
    AVOID = "avoid", _("Avoid")
    REDUCE = "reduce", _("Reduce")
    TRANSFER = "transfer", _("Transfer")
    ACCEPT = "accept", _("Accept")


class TreatmentState(models.TextChoices):
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    EXPIRED = "expired", _("Expired")
    DROPPED = "dropped", _("Dropped")


class Treatment(models.Model):
    """How a risk is answered. Accepting it ends on a day: then the risk stands untreated and must be judged anew. Where an
    indicator is named, its readings before and after say what the treatment changed."""

    risk = models.ForeignKey("risk.Risk", models.PROTECT, related_name="treatments", verbose_name=_("risk"))
    strategy = models.CharField(_("strategy"), max_length=8, choices=Strategy)
    title = models.CharField(_("title"), max_length=160)
    description = models.TextField(_("description"), blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner"))
    state = models.CharField(_("state"), max_length=7, choices=TreatmentState, default=TreatmentState.RUNNING)
    starts_on = models.DateField(_("starts on"))
    due_on = models.DateField(_("until"))
    cost = models.DecimalField(_("cost"), max_digits=18, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    indicator = models.ForeignKey(
        "risk.Indicator", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("indicator")
    )
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    outcome = models.TextField(_("outcome"), blank=True)
    created_at = models.DateTimeField(_("recorded at"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))

    objects = TreatmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("treatment")
        verbose_name_plural = _("treatments")
        indexes = [
            models.Index("risk", F("created_at").desc(), name="treatment_of_risk"),
            models.Index("due_on", condition=Q(state="running"), name="treatment_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gte=F("starts_on")),
                name="treatment_ends_after_it_begins",
                violation_error_message=_("The last day is before the first."),
            ),
            models.CheckConstraint(
                condition=Q(cost__isnull=True) | (Q(cost__gte=0) & ~Q(currency="")),
                name="cost_has_a_currency",
                violation_error_message=_("A cost is not negative and has a currency."),
            ),
            models.CheckConstraint(
                condition=Q(state="running", ended_on__isnull=True) | (~Q(state="running") & Q(ended_on__isnull=False)),
                name="ended_treatment_has_a_day",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def is_running(self):
        return self.state == TreatmentState.RUNNING


class TreatmentTask(models.Model):
    """A step of a treatment: somebody's, until a day, done with evidence."""

    treatment = models.ForeignKey(Treatment, models.PROTECT, related_name="tasks", verbose_name=_("treatment"))
    title = models.CharField(_("title"), max_length=160)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner"))
    due_on = models.DateField(_("due on"))
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    evidence = models.TextField(_("evidence"), blank=True)

    class Meta:
        verbose_name = _("task of a treatment")
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | ~Q(evidence=""),
                name="done_task_has_evidence",
                violation_error_message=_("Say by what one sees that it is done."),
            )
        ]

    def __str__(self):
        return self.title
