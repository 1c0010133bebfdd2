from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from service.models.tickets import Channel, Priority, TicketKind
from service.querysets.policies import PolicyQuerySet
from service.rules.clocks import wrong_steps, wrong_targets


class ClockKind(models.TextChoices):
    FIRST = "first", _("First response")
    NEXT = "next", _("Next response")
    RESOLUTION = "resolution", _("Resolution")


class StepAction(models.TextChoices):
    NOTIFY_ASSIGNEE = "notify_assignee", _("Tell the agent")
    NOTIFY_LEAD = "notify_lead", _("Tell the lead")
    REASSIGN = "reassign", _("Move to a queue")
    RAISE_PRIORITY = "raise_priority", _("Raise the priority")


def check_targets(targets: object) -> None:
    wrong = wrong_targets(targets, kinds=ClockKind.values, priorities=Priority.values)
    if wrong:
        raise ValidationError(wrong)


def check_steps(steps: object) -> None:
    wrong = wrong_steps(steps, kinds=ClockKind.values, actions=StepAction.values)
    if wrong:
        raise ValidationError(wrong)


def conditions(field: models.Field, label) -> ArrayField:
    """Values of a ticket of which one must be there; empty: any."""
    return ArrayField(field, verbose_name=label, default=list, blank=True)


class SlaPolicy(models.Model):
    """How quickly which tickets are answered, and what happens as time runs out: one version of it.

    A version holds for clocks that start from `valid_from` on, until a later version of the same code or past `valid_to`.
    Rows are added, never changed. The lowest `rank` of those that match a ticket goes first.
    `targets`: business minutes by priority and clock, `{"3": {"first": 240, "resolution": 1440}}`; without one there is no
    such clock. `steps`: `[{"kind": "first", "percent": 80, "after": 0, "action": "notify_lead"}]`, `after` in business
    minutes beyond the share of the target, with `queue` where the step moves the ticket."""

    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day; empty means open."))
    rank = models.PositiveSmallIntegerField(
        _("order"), default=100, help_text=_("Of the policies that match a ticket, the lowest number holds.")
    )
    kinds = conditions(models.CharField(max_length=9, choices=TicketKind), _("kinds"))
    channels = conditions(models.CharField(max_length=9, choices=Channel), _("channels"))
    priorities = conditions(models.PositiveSmallIntegerField(choices=Priority), _("priorities"))
    lines = conditions(models.CharField(max_length=20), _("business lines"))
    queues = conditions(models.CharField(max_length=40), _("queues"))
    languages = conditions(models.CharField(max_length=10), _("languages"))
    calendar = models.ForeignKey(
        "service.BusinessCalendar", models.PROTECT, related_name="policies", verbose_name=_("business calendar")
    )
    targets = models.JSONField(_("targets"), validators=[check_targets])
    steps = models.JSONField(_("escalation"), default=list, blank=True, validators=[check_steps])
    pause_held = models.BooleanField(
        _("stands still on hold"),
        default=False,
        help_text=_("Clocks always stand still while the customer is waited for."),
    )
    needs_confirmation = models.BooleanField(_("needs confirmation"), default=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked for by"),
    )

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("service policy")
        verbose_name_plural = _("service policies")
        ordering = ["rank", "code", "-valid_from"]
        permissions = [("check_slapolicy", _("Can approve service policies"))]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "valid_from"],
                name="one_policy_version_per_day",
                violation_error_message=_("A version of this policy begins on that day already."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="policy_ends_after_it_begins",
                violation_error_message=_("The last day is before the first."),
            ),
        ]

    def __str__(self):
        return self.name
