from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from staff.querysets.policies import ChangePolicyQuerySet, DelegationQuerySet
from staff.rules.roles import Role


class ChangePolicy(models.Model):
    """Who must agree to one command from `starts_at` on. The newest row that has started is in force; rows never change.

    `bands` raises the number of approvals with the amount: `[{"from": "100000", "approvals": 2}]`, ascending.
    """

    command = models.CharField(_("action"), max_length=60)
    starts_at = models.DateTimeField(_("in force from"))
    check_permission = models.CharField(_("who may approve"), max_length=100)
    approvals = models.PositiveSmallIntegerField(_("approvals needed"), default=1)
    bands = models.JSONField(_("more for larger amounts"), default=list, blank=True)
    expiry_hours = models.PositiveSmallIntegerField(_("expires after hours"), default=72)
    remind_after_hours = models.PositiveSmallIntegerField(_("reminder after hours"), default=8)
    escalate_after_hours = models.PositiveSmallIntegerField(_("escalated after hours"), default=24)
    escalate_to = models.CharField(_("escalated to"), max_length=20, choices=Role, default=Role.COMPLIANCE)
    break_glass = models.BooleanField(_("may be done at once"), default=False)

    objects = ChangePolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("approval policy")
        verbose_name_plural = _("approval policies")
        ordering = ["command", "-starts_at"]
        default_permissions = ("view", "change")
        permissions = [("check_policy", _("Can approve changes of approval policies"))]
        constraints = [
            models.UniqueConstraint(fields=["command", "starts_at"], name="one_policy_per_command_and_moment"),
            models.CheckConstraint(
                condition=Q(approvals__range=(1, 5)),
                name="policy_needs_one_to_five_approvals",
                violation_error_message=_("A policy asks for one to five approvals."),
            ),
            models.CheckConstraint(
                condition=Q(expiry_hours__range=(1, 720)),
                name="policy_expires_within_a_month",
                violation_error_message=_("A request expires after 1 to 720 hours."),
            ),
        ]

    def __str__(self):
        return f"{self.command} ({self.starts_at:%Y-%m-%d})"


class Delegation(models.Model):
    """Somebody checks in another's place for a time. Both still count as one voice; `command` empty means all."""

    giver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="delegations_given", verbose_name=_("from")
    )
    taker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="delegations_taken", verbose_name=_("to")
    )
    command = models.CharField(_("action"), max_length=60, blank=True)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    reason = models.CharField(_("why"), max_length=300)
    created_at = models.DateTimeField(_("made at"))
    revoked_at = models.DateTimeField(_("ended early at"), null=True, blank=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=~Q(giver=models.F("taker")),
                name="nobody_delegates_to_themselves",
                violation_error_message=_("Choose somebody else: nobody stands in for themselves."),
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")),
                name="a_delegation_ends_after_it_begins",
                violation_error_message=_("A delegation ends after it begins."),
            ),
        ]

    def __str__(self):
        return f"{self.giver} → {self.taker}"


class GuardLift(models.Model):
    """One write that a guard let pass without an approval, and why: a founding administrator, or the database's owner.

    Written by the guard itself (`staff/migrations/sql`); a trigger refuses changes.
    """

    at = models.DateTimeField(_("time"))
    table_name = models.CharField(_("table"), max_length=63)
    record = models.CharField(_("record"), max_length=60)
    operation = models.CharField(_("what happened"), max_length=6)
    why = models.TextField(_("why"))
    db_user = models.CharField(_("database user"), max_length=63)

    class Meta:
        verbose_name = _("lifted guard")
        verbose_name_plural = _("lifted guards")
        default_permissions = ()
        ordering = ["-id"]

    def __str__(self):
        return f"{self.table_name} {self.record}"
