import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from staff.models.policies import ChangePolicy
from staff.querysets.changes import ChangeRequestQuerySet


class ChangeState(models.TextChoices):
    PENDING = "pending", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    EXECUTED = "executed", _("Carried out")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")
    STALE = "stale", _("Out of date")
    FAILED = "failed", _("Failed")


class Verdict(models.TextChoices):
    APPROVE = "approve", _("Approved")
    REFUSE = "refuse", _("Refused")


OPEN = (ChangeState.PENDING, ChangeState.APPROVED)


class ChangeRequest(models.Model):
    """Something that one person wants done and others must agree to. Carried out once, by nobody but the command.

    `arguments` and `writes` are canonical JSON (RFC 8785); `hash` is SHA-256 over
    `{"arguments":…,"command":…,"writes":…}` in that form, and every approval repeats it. Triggers hold what this says:
    see `staff/migrations/sql`.
    """

    command = models.CharField(_("action"), max_length=60)
    arguments = models.TextField(_("arguments"))
    writes = models.TextField(_("guarded values"))
    hash = models.CharField(_("hash"), max_length=64)
    shown = models.JSONField(_("before and after"))
    target_table = models.CharField(_("table"), max_length=63, blank=True)
    target_pk = models.CharField(_("record"), max_length=60, blank=True)
    target_version = models.CharField(_("version of the record"), max_length=64, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=2, null=True, blank=True)
    reason = models.TextField(_("reason"))
    maker = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="change_requests", verbose_name=_("asked by")
    )
    policy = models.ForeignKey(ChangePolicy, models.PROTECT, related_name="+", verbose_name=_("policy"))
    approvals_needed = models.PositiveSmallIntegerField(_("approvals needed"))
    break_glass = models.BooleanField(_("done at once"), default=False)
    state = models.CharField(_("state"), max_length=9, choices=ChangeState, default=ChangeState.PENDING)
    created_at = models.DateTimeField(_("asked at"))
    expires_at = models.DateTimeField(_("expires at"))
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("escalated at"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    executed_at = models.DateTimeField(_("carried out at"), null=True, blank=True)
    executed_xid = models.BigIntegerField(_("transaction"), null=True, blank=True)
    result = models.TextField(_("result"), blank=True)
    error = models.TextField(_("what went wrong"), blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reviewed by")
    )
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    review_verdict = models.CharField(_("review"), max_length=7, choices=Verdict, blank=True)
    review_comment = models.TextField(_("comment on the review"), blank=True)

    objects = ChangeRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("change request")
        verbose_name_plural = _("change requests")
        default_permissions = ("view", "add")
        permissions = [
            ("view_any_changerequest", _("Can see everybody's change requests")),
            ("check_export", _("Can approve exports of personal data")),
            ("check_account", _("Can approve changes of accounts, roles and second factors")),
        ]
        indexes = [
            models.Index("maker", F("id").desc(), name="change_of_a_maker"),
            models.Index("command", "created_at", condition=Q(state__in=OPEN), name="change_open"),
            models.Index("target_table", "target_pk", name="change_of_a_record"),
            models.Index(
                "id", condition=Q(break_glass=True, reviewed_at__isnull=True), name="change_waiting_for_review"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["command", "target_table", "target_pk"],
                condition=Q(state__in=OPEN) & ~Q(target_pk=""),
                name="one_open_change_per_command_and_target",
                violation_error_message=_("A request to do this is waiting already."),
            ),
            # What approvals refer to, so that their maker is this one's.
            models.UniqueConstraint(fields=["id", "maker"], name="change_and_its_maker"),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("maker")),
                name="nobody_reviews_their_own_change",
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="change_expires_later"),
            models.CheckConstraint(condition=Q(approvals_needed__gte=1), name="change_needs_an_approval"),
        ]

    def __str__(self):
        return f"{self.command} #{self.pk}"

    @property
    def said(self) -> dict[str, Any]:
        """The arguments as they were proposed."""
        return json.loads(self.arguments)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def is_expired(self, at: datetime) -> bool:
        return self.is_open and at >= self.expires_at

    @property
    def differences(self) -> list[tuple[str, str, str]]:
        """What it changes as (label, before, after), in the reader's language, as it stood when it was proposed."""
        words = self.shown.get(get_language() or "en") or self.shown.get("en", {})
        return [(label, before, after) for label, before, after in words.get("rows", [])]

    @property
    def title(self) -> str:
        """What it is about in one line, in the reader's language."""
        words = self.shown.get(get_language() or "en") or self.shown.get("en", {})
        return words.get("title", self.command)


class Approval(models.Model):
    """One person's verdict. `authority` is whose right they used: their own, or that of who delegated it to them.

    `maker` repeats the request's, so that a constraint of one row keeps maker and checker apart.
    """

    request = models.ForeignKey(ChangeRequest, models.PROTECT, related_name="approvals")
    maker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    checker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    authority = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("in the place of")
    )
    verdict = models.CharField(_("verdict"), max_length=7, choices=Verdict)
    comment = models.TextField(_("comment"), blank=True)
    hash = models.CharField(_("hash"), max_length=64)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        default_permissions = ()
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(maker=F("checker")), name="nobody_approves_their_own_change"),
            models.CheckConstraint(condition=~Q(maker=F("authority")), name="nobody_approves_by_proxy"),
            models.UniqueConstraint(fields=["request", "checker"], name="one_verdict_per_person"),
            models.UniqueConstraint(fields=["request", "authority"], name="one_verdict_per_authority"),
        ]

    def __str__(self):
        return f"{self.checker}: {self.get_verdict_display()}"
